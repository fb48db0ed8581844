import { useMemo } from 'react';
import {
  useChanges,
  usePastAuthors,
  usePastText,
  type DocumentModel,
} from '../../../api/history.ts';
import { deltaText, readBlocks } from '../../../../shared/document/index.ts';
import { t } from '../../../strings/history.ts';
import { Button } from '../../../ui/button.tsx';
import { clsx } from '../../../ui/clsx.ts';
import { PageProblem } from '../../../ui/page-problem.tsx';
import { Waiting } from '../../../ui/waiting.tsx';
import { authorLooks } from './author-look.ts';
import { Legend } from './legend.tsx';
import styles from './past-text.module.css';
import { ShownLines } from './shown-lines.tsx';
import { isSame, sectionStarts, shownLines, type SectionStart } from './shown-text.ts';
import type { pairOf } from './stops.ts';
import { wordsLong } from './words.ts';

export interface PastTextProps {
  pieceId: string;
  moment: string;
  /** What is compared; null: the text alone. */
  pair: ReturnType<typeof pairOf>;
  showAuthors: boolean;
  /** Absent where nothing can be brought back. */
  onRestore?: ((section: SectionStart) => void) | undefined;
}

/** The text of a moment. Compared with a later one, the later is shown, with what it lost. */
export function PastText({ pieceId, moment, pair, showAuthors, onRestore }: PastTextProps) {
  const shown = pair?.to ?? moment;
  const text = usePastText(pieceId, shown);
  const changes = useChanges(pieceId, pair);
  const authors = usePastAuthors(pieceId, shown);
  const failed = [text, ...(pair ? [changes] : []), authors].find(
    (one) => one.error !== null && (one.data === undefined || one.isPlaceholderData),
  );
  if (failed) return <PageProblem error={failed.error} onRetry={() => void failed.refetch()} />;
  const late = text.isPlaceholderData || (pair !== null && changes.isPlaceholderData);
  const model = text.data;
  const comparison = pair === null ? null : changes.data;
  if (model === undefined || comparison === undefined) return <Waiting />;
  const parts = showAuthors && !authors.isPlaceholderData ? authors.data : undefined;
  return (
    <div className={clsx(late && styles['late'])} aria-busy={late}>
      <Drawn
        {...{ model, comparison, parts, late, onRestore }}
        side={pair?.chosenIs === 'from' ? 'before' : 'after'}
      />
    </div>
  );
}

type DrawnProps = Pick<PastTextProps, 'onRestore'> & {
  model: DocumentModel;
  comparison: NonNullable<ReturnType<typeof useChanges>['data']> | null;
  parts: ReturnType<typeof usePastAuthors>['data'];
  side: 'before' | 'after';
  /** What is shown is still that of the moment before. */
  late: boolean;
};

function Drawn({ model, comparison, parts, side, late, onRestore }: DrawnProps) {
  const lines = useMemo(
    () => shownLines(model, comparison, parts?.items ?? []),
    [model, comparison, parts],
  );
  const looks = useMemo(
    () => (parts === undefined ? undefined : authorLooks(parts.items, parts.people)),
    [parts],
  );
  const starts = useMemo(() => sectionStarts(lines, side), [lines, side]);
  return (
    <>
      <div className={styles['told']}>
        {comparison !== null && <Told {...{ comparison, late }} />}
        <Legend changes={comparison !== null} looks={looks} />
      </div>
      <article aria-label={t.history.text} className={styles['sheet']}>
        <header className={styles['heading']}>
          <Parts of="title" {...{ model, comparison }} />
          <Parts of="standfirst" {...{ model, comparison }} />
        </header>
        {lines.length === 0 && <p className={styles['none']}>{t.history.noText}</p>}
        <ShownLines
          {...{ lines, looks }}
          over={({ key }) => {
            const start = starts.get(key);
            return start && onRestore && <RestoreSection {...{ start, onRestore }} />;
          }}
        />
        <Notes model={model} />
      </article>
    </>
  );
}

/** How much was changed; read out as one goes along. */
function Told(props: { comparison: NonNullable<DrawnProps['comparison']>; late: boolean }) {
  const { comparison, late } = props;
  const told = isSame(comparison) ? t.history.compare.same : wordsLong(comparison.words);
  return <p role="status">{late ? t.common.loading : told}</p>;
}

function RestoreSection(props: { start: SectionStart; onRestore: (of: SectionStart) => void }) {
  const { start, onRestore } = props;
  const words = t.history.restore;
  return (
    <div className={styles['section']}>
      <Button
        kind="quiet"
        className={styles['small']}
        aria-label={start.heading === null ? words.lede : words.section(start.heading)}
        onClick={() => onRestore(start)}
      >
        {words.short}
      </Button>
    </div>
  );
}

function Parts(props: {
  of: 'title' | 'standfirst';
  model: DocumentModel;
  comparison: DrawnProps['comparison'];
}) {
  const { of, model, comparison } = props;
  const parts = comparison?.[of] ?? [{ change: 'same' as const, text: model[of] }];
  if (parts.every(({ text }) => text === '')) return null;
  return (
    <p className={styles[of]}>
      {parts.map(({ change, text }, index) =>
        change === 'same' ? (
          <span key={index}>{text}</span>
        ) : change === 'added' ? (
          <ins key={index}>{text}</ins>
        ) : (
          <del key={index}>{text}</del>
        ),
      )}
    </p>
  );
}

/** In the order in which the text refers to them. */
function Notes({ model }: { model: DocumentModel }) {
  const ids = readBlocks(model.body).flatMap(({ spans }) =>
    spans.flatMap((span) =>
      'embed' in span && span.embed.kind === 'footnote' ? [span.embed.id] : [],
    ),
  );
  if (ids.length === 0) return null;
  return (
    <section className={styles['notes']} aria-label={t.history.notes}>
      <ol>
        {ids.map((id, index) => (
          <li key={index}>{deltaText(model.footnotes[id] ?? [])}</li>
        ))}
      </ol>
    </section>
  );
}
