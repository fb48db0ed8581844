import { stringsField } from '../../../../../shared/document/index.ts';
import type { MetaChange, TextPart } from '../../../../../shared/document/compare/index.ts';
import { t } from '../../../../strings/history.ts';
import { fieldName, valueText } from '../../details/field-text.ts';
import styles from './shown-lines.module.css';
import { ShownParts } from './shown-parts.tsx';
import { shownParts } from './shown-text.ts';

/**
 * The fields beside the text, each with its value, or with what it was and what it became. A server of
 * the release before tells of none (E1).
 */
export function ShownMeta({ meta = [] }: { meta?: readonly MetaChange[] | undefined }) {
  const fields = meta.filter(({ name, change }) => name !== stringsField || change !== 'same');
  if (fields.length === 0) return null;
  return (
    <section className={styles['notes']} aria-label={t.piece.details}>
      <ul role="list">
        {fields.map((field) => (
          <li key={field.name} data-change={field.change}>
            <span className={styles['noteText']} dir="auto">
              {fieldName(field.name)}: <ShownParts parts={shownParts(partsOf(field))} />
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}

function partsOf({ change, before, after }: MetaChange): TextPart[] {
  if (change === 'same') return [{ change, text: valueText(after) }];
  return [
    ...(change === 'added' ? [] : [{ change: 'removed' as const, text: valueText(before) }]),
    ...(change === 'removed' ? [] : [{ change: 'added' as const, text: valueText(after) }]),
  ];
}
