import { useMemo } from 'react';
import {
  useChanges,
  usePastAuthors,
  usePastText,
  type DocumentModel,
} from '../../../api/history.ts';
import { compareDocuments, type Comparison } from '../../../../shared/document/compare/index.ts';
import { t } from '../../../strings/history.ts';
import { Button } from '../../../ui/button/button.tsx';
import { clsx } from '../../../ui/clsx.ts';
import { PageProblem } from '../../../ui/problem/page-problem.tsx';
import { Waiting } from '../../../ui/loading/waiting.tsx';
import { authorLooks } from './changes/author-look.ts';
import { Legend } from './changes/legend.tsx';
import styles from './past-text.module.css';
import { ShownMeta } from './changes/shown-meta.tsx';
import { ShownLines } from './changes/shown-lines.tsx';
import { ShownNotes } from './changes/shown-notes.tsx';
import { ShownParts } from './changes/shown-parts.tsx';
import {
  sectionStarts,
  shownLines,
  shownNotes,
  shownParts,
  type SectionStart,
} from './changes/shown-text.ts';
import type { pairOf } from './moments/stops.ts';
import { changesText } from './words.ts';

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
  comparison: Comparison | null;
  parts: ReturnType<typeof usePastAuthors>['data'];
  side: 'before' | 'after';
  /** What is shown is still that of the moment before. */
  late: boolean;
};

function Drawn({ model, comparison, parts, side, late, onRestore }: DrawnProps) {
  // A text alone is one that is compared with itself.
  const changes = useMemo(() => comparison ?? compareDocuments(model, model), [model, comparison]);
  const lines = useMemo(() => shownLines(changes, parts?.items ?? []), [changes, parts]);
  const notes = useMemo(() => shownNotes(changes), [changes]);
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
          <Field of="title" changes={changes} />
          <Field of="standfirst" changes={changes} />
        </header>
        {lines.length === 0 && <p className={styles['none']}>{t.history.noText}</p>}
        <ShownLines
          {...{ lines, looks }}
          over={({ key }) => {
            const start = starts.get(key);
            return start && onRestore && <RestoreSection {...{ start, onRestore }} />;
          }}
        />
        <ShownNotes notes={notes} />
        <ShownMeta meta={changes.meta} />
      </article>
    </>
  );
}

/** How much was changed; read out as one goes along. */
function Told(props: { comparison: Comparison; late: boolean }) {
  const { comparison, late } = props;
  const told = comparison.same ? t.history.compare.same : changesText(comparison);
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

function Field({ of, changes }: { of: 'title' | 'standfirst'; changes: Comparison }) {
  if (changes[of].length === 0) return null;
  return (
    <p className={styles[of]} dir="auto">
      <ShownParts parts={shownParts(changes[of])} />
    </p>
  );
}
