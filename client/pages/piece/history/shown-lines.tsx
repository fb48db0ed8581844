import { Fragment, type ReactNode } from 'react';
import type { LineKind } from '../../../../shared/document/index.ts';
import { safeHref } from '../../../editor/schema-marks.ts';
import { formatShort } from '../../../strings/format.ts';
import { t } from '../../../strings/history.ts';
import { clsx } from '../../../ui/clsx.ts';
import { argumentLabel } from '../writing/argument-label.ts';
import '../writing/prose.css';
import type { AuthorLook } from './author-look.ts';
import styles from './shown-lines.module.css';
import type { ShownLine, ShownPart } from './shown-text.ts';

export interface ShownLinesProps {
  lines: readonly (ShownLine | 'gap')[];
  /** How authors look; without it, nobody's words are marked. */
  looks?: ReadonlyMap<string | null, AuthorLook> | undefined;
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
  const { kind, change, restyled } = line;
  // Nothing is to be seen of an empty line that is gone.
  if (change === 'removed' && line.parts.length === 0) return null;
  const onlyLooks = restyled && line.parts.every((part) => part.change === 'same');
  const mark = change === 'changed' && onlyLooks ? 'restyled' : change;
  const said = mark === 'moved' || mark === 'restyled' ? t.history.marks[mark] : null;
  const inner = (
    <>
      {said !== null && <span className="visually-hidden">{said}: </span>}
      {runsOf(line.parts).map((parts, index) => (
        <Run key={index} {...{ parts, looks }} />
      ))}
      {line.parts.length === 0 && <br />}
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
      return (
        <pre {...data} dir="ltr">
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

/** Neighbouring parts that the same became of. */
function runsOf(parts: readonly ShownPart[]): ShownPart[][] {
  const runs: ShownPart[][] = [];
  for (const part of parts) {
    const last = runs.at(-1);
    if (last?.[0]?.change === part.change) last.push(part);
    else runs.push([part]);
  }
  return runs;
}

function Run({ parts, looks }: { parts: readonly ShownPart[]; looks: ShownLinesProps['looks'] }) {
  const inner = parts.map((part, index) => <Part key={index} {...{ part, looks }} />);
  const change = parts[0]?.change;
  if (change === 'added') return <ins className={styles['added']}>{inner}</ins>;
  if (change === 'removed') return <del className={styles['removed']}>{inner}</del>;
  return inner;
}

function Part({ part, looks }: { part: ShownPart; looks: ShownLinesProps['looks'] }) {
  const inner = 'text' in part ? marked(part.text, part.marks) : embedded(part.embed);
  const { author } = part;
  const look = author === null ? undefined : looks?.get(author.userId);
  if (!look || !author) return inner;
  return (
    <span
      className={styles['author']}
      style={{ '--user': look.color, textDecorationStyle: look.stroke } as object}
      title={t.history.wroteAt(nameOf(look), formatShort(new Date(author.at)))}
      data-author={nameOf(look)}
    >
      {inner}
    </span>
  );
}

export function nameOf({ userId, name }: AuthorLook): string {
  if (userId === null) return t.history.nobody;
  return name || t.history.gone;
}

function marked(text: string, marks: ShownPart['marks']): ReactNode {
  // A sign that stands for an embed, in what is known of a removed line.
  let shown: ReactNode = text.replaceAll('\ufffc', '⋯');
  if (marks.code) shown = <code>{shown}</code>;
  if (marks.strike) shown = <s>{shown}</s>;
  if (marks.italic) shown = <em>{shown}</em>;
  if (marks.bold) shown = <strong>{shown}</strong>;
  if (marks.link !== undefined) {
    shown = (
      <a {...safeHref(marks.link)} rel="noopener noreferrer nofollow" target="_blank">
        {shown}
      </a>
    );
  }
  return shown;
}

function embedded(embed: Extract<ShownPart, { embed: unknown }>['embed']): ReactNode {
  if (embed.kind === 'footnote') return <sup className="footnote" />;
  return <span className={embed.kind === 'divider' ? 'divider' : 'unknown-embed'} />;
}
