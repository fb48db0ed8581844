import { formatShort } from '../../../strings/format.ts';
import { t } from '../../../strings/history.ts';
import styles from './history-view.module.css';
import type { Base, Chosen, Stop } from './moments/stops.ts';
import { versionTitle } from './words.ts';

/** What the text is compared with: what was before, the present, or any version. */
export function CompareSelect(props: {
  stops: readonly Stop[];
  chosen: Chosen;
  base: Base;
  onChange: (base: Base) => void;
}) {
  const { stops, chosen, base, onChange } = props;
  const words = t.history.compare;
  const versions = stops.flatMap((stop) => (stop.kind === 'version' ? [stop.version] : []));
  return (
    <label className={styles['compare']}>
      <span className={styles['compareLabel']}>{words.label}</span>
      <select
        className={styles['select']}
        value={typeof base === 'string' ? base : base.version}
        onChange={({ target: { value } }) => onChange(readBase(value))}
      >
        <option value="before">
          {chosen.stop?.kind === 'version' ? words.beforeVersion : words.before}
        </option>
        <option value="now">{words.now}</option>
        <option value="none">{words.none}</option>
        {versions.length > 0 && (
          <optgroup label={words.versions}>
            {versions.toReversed().map((version) => (
              <option key={version.id} value={version.id}>
                {`${versionTitle(version)} (${formatShort(new Date(version.createdAt))})`}
              </option>
            ))}
          </optgroup>
        )}
      </select>
    </label>
  );
}

function readBase(value: string): Base {
  if (value === 'none' || value === 'before' || value === 'now') return value;
  return { version: value };
}
