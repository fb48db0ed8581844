import { Fragment, type ReactNode } from 'react';
import type { LineKind } from '../../../../../shared/document/index.ts';
import { t } from '../../../../strings/history.ts';
import { clsx } from '../../../../ui/clsx.ts';
import { argumentLabel } from '../../writing/editor/argument-label.ts';
import '../../writing/prose.css';
import { kindChangeText } from './format-words.ts';
import styles from './shown-lines.module.css';
import { Label, ShownParts, type ShownPartsProps } from './shown-parts.tsx';
import type { ShownLine } from './shown-text.ts';

export interface ShownLinesProps {
  lines: readonly (ShownLine | 'gap')[];
  looks?: ShownPartsProps['looks'];
  /** What stands over a line. */
  over?: (line: ShownLine) => ReactNode;
}

/** A text that is only read, with what was changed in it and who wrote it. */
export function ShownLines({ lines, looks, over }: ShownLinesProps) {
  const labels = labelsOf(lines);
  return (
    <div className="prose">
      <div className={clsx('ProseMirror', styles['text'])}>
        {lines.map((line, index) =>
          line === 'gap' ? (
            <p key={`gap${index}`} className={styles['gap']}>
              <span aria-hidden>⋯</span>
              <span className="visually-hidden">{t.history.restore.gap}</span>
            </p>
          ) : (
            <Fragment key={line.key}>
              {over?.(line)}
              <ShownLineOf {...{ line, looks }} label={labels.get(line.key)} />
            </Fragment>
          ),
        )}
      </div>
    </div>
  );
}

/** What stands over the first line of each thesis and counterpoint. */
function labelsOf(lines: readonly (ShownLine | 'gap')[]): ReadonlyMap<string, string> {
  const labels = new Map<string, string>();
  const theses = new Map<string, string>();
  for (const line of lines) {
    if (line === 'gap' || line.kind.kind !== 'thesis' || theses.has(line.kind.id)) continue;
    theses.set(line.kind.id, textOf(line));
  }
  let last: LineKind | null = null;
  for (const line of lines) {
    const kind: LineKind | null = line === 'gap' ? null : line.kind;
    if (line !== 'gap' && kind !== null && 'id' in kind) {
      const answers = kind.kind === 'counterpoint' ? kind.answers : undefined;
      if (!goesOn(last, kind)) labels.set(line.key, argumentLabel(kind.kind, answers, theses));
    }
    last = kind;
  }
  return labels;
}

function goesOn(last: LineKind | null, kind: LineKind & { id: string }): boolean {
  return last?.kind === kind.kind && 'id' in last && last.id === kind.id;
}

function textOf({ parts }: ShownLine): string {
  return parts
    .map((part) => ('text' in part && part.change !== 'removed' ? part.text : ''))
    .join('');
}

function ShownLineOf(props: {
  line: ShownLine;
  looks: ShownLinesProps['looks'];
  label: string | undefined;
}) {
  const { line, looks, label } = props;
  const { kind, change, restyled, parts } = line;
  // Nothing is to be seen of an empty line that is gone.
  if (change === 'removed' && parts.length === 0) return null;
  const onlyLooks = restyled && parts.every((part) => part.change === 'same');
  const mark = change === 'changed' && onlyLooks ? 'restyled' : change;
  const became = kindChangeText(line);
  const inner = (
    <>
      {mark === 'moved' && (
        <span className="visually-hidden" dir="auto">
          {t.history.marks.moved}:{' '}
        </span>
      )}
      {became !== null && <Label>{became}</Label>}
      <ShownParts {...{ parts, looks }} />
      {parts.length === 0 && <br />}
    </>
  );
  const data = { dir: 'auto', ...(mark !== 'same' && { 'data-change': mark }) };
  switch (kind.kind) {
    case 'heading': {
      const Heading = `h${kind.level}` as const;
      return <Heading {...data}>{inner}</Heading>;
    }
    case 'quote':
      return <blockquote {...data}>{inner}</blockquote>;
    case 'code':
    case 'raw':
      return (
        <pre {...data} dir="ltr" data-raw={kind.kind === 'raw' ? kind.format : undefined}>
          <code>{inner}</code>
        </pre>
      );
    case 'list':
      return (
        <p {...data} data-list={kind.style} data-indent={kind.indent}>
          {inner}
        </p>
      );
    case 'thesis':
    case 'counterpoint':
      return (
        <p {...data} className={kind.kind} data-label={label}>
          {inner}
        </p>
      );
    case 'paragraph':
      return <p {...data}>{inner}</p>;
  }
}
