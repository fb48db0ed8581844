import type { ReactNode } from 'react';
import type { FormatChange } from '../../../../../shared/document/compare/index.ts';
import { safeHref } from '../../../../editor/schema/schema-marks.ts';
import { formatShort } from '../../../../strings/format.ts';
import { t } from '../../../../strings/history.ts';
import type { AuthorLook } from './author-look.ts';
import { formatText } from './format-words.ts';
import styles from './shown-lines.module.css';
import type { ShownPart } from './shown-text.ts';
import { sameFormats } from './whole-words.ts';

export interface ShownPartsProps {
  parts: readonly ShownPart[];
  /** How authors look; without it, nobody's words are marked. */
  looks?: ReadonlyMap<string | null, AuthorLook> | undefined;
}

/** Words with what became of them: put in, taken out, or with another look, which is said. */
export function ShownParts({ parts, looks }: ShownPartsProps) {
  return runsOf(parts).map((run, index) => <Run key={index} parts={run} looks={looks} />);
}

/** Neighbouring parts that the same became of. */
function runsOf(parts: readonly ShownPart[]): ShownPart[][] {
  const runs: ShownPart[][] = [];
  for (const part of parts) {
    const last = runs.at(-1);
    const goesOn = last?.[0]?.change === part.change && sameFormats(last[0].formats, part.formats);
    if (last && goesOn) last.push(part);
    else runs.push([part]);
  }
  return runs;
}

function Run({ parts, looks }: ShownPartsProps) {
  const inner = parts.map((part, index) => <Part key={index} {...{ part, looks }} />);
  const { change, formats = [] } = parts[0] ?? {};
  if (change === 'added') return <ins className={styles['added']}>{inner}</ins>;
  if (change === 'removed') return <del className={styles['removed']}>{inner}</del>;
  if (formats.length === 0) return inner;
  return (
    <>
      <mark className={styles['formatted']}>{inner}</mark>
      <FormatLabel formats={formats} />
    </>
  );
}

function FormatLabel({ formats }: { formats: readonly FormatChange[] }) {
  return <Label>{formats.map(formatText).join(', ')}</Label>;
}

/** Says what became of what it stands at; its direction is its own, not that of the text. */
export function Label({ children }: { children: string }) {
  return (
    <small className={styles['label']} dir="auto">
      {children}
    </small>
  );
}

function Part({ part, looks }: { part: ShownPart; looks: ShownPartsProps['looks'] }) {
  const inner = 'text' in part ? marked(part.text, part.marks) : embedded(part);
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
  let shown: ReactNode = text;
  if (marks.code) shown = <code>{shown}</code>;
  if (marks.strike) shown = <s>{shown}</s>;
  if (marks.italic) shown = <em>{shown}</em>;
  if (marks.bold) shown = <strong>{shown}</strong>;
  if (marks.link !== undefined) {
    shown = (
      <a
        {...safeHref(marks.link)}
        title={marks.link}
        rel="noopener noreferrer nofollow"
        target="_blank"
      >
        {shown}
      </a>
    );
  }
  return shown;
}

function embedded({ embed, number }: Extract<ShownPart, { embed: unknown }>): ReactNode {
  switch (embed.kind) {
    case 'footnote':
      return (
        <sup className={styles['note']}>
          <span className="visually-hidden" dir="auto">
            {t.history.note}{' '}
          </span>
          {number}
        </sup>
      );
    case 'divider':
      return <span className="divider" role="img" aria-label={t.history.divider} />;
    case 'unknown':
      return <span className="unknown-embed" role="img" aria-label={t.history.unknown} />;
  }
}
