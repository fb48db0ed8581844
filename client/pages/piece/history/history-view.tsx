import { useState } from 'react';
import { Link, useSearchParams } from 'wouter';
import type { Restored } from '../../../api/history.ts';
import { t } from '../../../strings/history.ts';
import { Button } from '../../../ui/button/button.tsx';
import { Choice } from '../../../ui/input/choice.tsx';
import { useMedia } from '../outline/use-media.ts';
import { CompareSelect } from './compare-select.tsx';
import { GoTo } from './moments/go-to.tsx';
import styles from './history-view.module.css';
import { MomentBar } from './moments/moment-bar.tsx';
import { MomentList } from './moments/moment-list.tsx';
import { NameDialog } from './dialogs/name-dialog.tsx';
import { PastText } from './past-text.tsx';
import { RestoreDialog, type ToRestore } from './dialogs/restore-dialog.tsx';
import type { SectionStart } from './changes/shown-text.ts';
import { choose, pairOf, type Base, type Stop } from './moments/stops.ts';
import { useSettled } from './use-settled.ts';
import { momentName } from './words.ts';

export interface HistoryViewProps {
  pieceId: string;
  /** At least one. */
  stops: readonly Stop[];
  mayName: boolean;
  mayRestore: boolean;
  /** Said to who may not bring anything back. */
  whyNot: string;
}

/** The moments of a piece above and beside, and the text of the one that is looked at. */
export function HistoryView(props: HistoryViewProps) {
  const { pieceId, stops, mayName, mayRestore, whyNot } = props;
  const [asked, setAsked] = useAsked();
  const [base, setBase] = useState<Base>('before');
  const [showAuthors, setShowAuthors] = useState(true);
  const [naming, setNaming] = useState(false);
  const [toRestore, setToRestore] = useState<ToRestore | null>(null);
  const [done, setDone] = useState<Restored | null>(null);
  const beside = useMedia('(width >= 56rem)');
  const chosen = choose(stops, asked);
  const settled = choose(stops, useSettled(asked));
  if (chosen === null || settled === null) return null;
  const isNow = chosen.stop?.kind === 'now';
  const restore = (section: SectionStart | null) =>
    setToRestore({ moment: chosen.moment, when: momentName(chosen), section });
  const list = <MomentList {...{ stops, chosen }} onChoose={setAsked} />;
  return (
    <>
      <div className={styles['top']}>
        <MomentBar {...{ stops, chosen }} onChoose={setAsked} />
        <div className={styles['tools']}>
          <CompareSelect {...{ stops, chosen, base }} onChange={setBase} />
          <Choice label={t.history.authors} checked={showAuthors} onChange={setShowAuthors} />
          <GoTo onGo={setAsked} />
          <span className={styles['grow']} />
          {mayName && <Button onClick={() => setNaming(true)}>{t.history.name.action}</Button>}
          {mayRestore && !isNow && (
            <Button kind="primary" onClick={() => restore(null)}>
              {t.history.restore.all}
            </Button>
          )}
          {!mayRestore && <p className={styles['why']}>{whyNot}</p>}
        </div>
      </div>
      <Done
        {...{ pieceId, done }}
        onUndo={({ id, name }) => setToRestore({ moment: id, when: name, section: null })}
      />
      <div className={styles['columns']}>
        {beside ? (
          <div className={styles['side']}>{list}</div>
        ) : (
          <details className={styles['fold']}>
            <summary>{t.history.moments}</summary>
            <div className={styles['folded']}>{list}</div>
          </details>
        )}
        <PastText
          {...{ pieceId, showAuthors }}
          moment={settled.moment}
          pair={pairOf(stops, settled, base)}
          onRestore={mayRestore && !isNow ? restore : undefined}
        />
      </div>
      {naming && (
        <NameDialog
          pieceId={pieceId}
          onClose={() => setNaming(false)}
          onNamed={(id) => {
            setNaming(false);
            setAsked(id);
          }}
        />
      )}
      {toRestore && (
        <RestoreDialog
          pieceId={pieceId}
          what={toRestore}
          onClose={() => setToRestore(null)}
          onDone={(restored) => {
            setToRestore(null);
            setDone(restored);
            setAsked(null);
          }}
        />
      )}
    </>
  );
}

/** What is looked at, kept in the page's address, so that it can be sent to somebody. */
function useAsked(): [string | null, (asked: string | null) => void] {
  const [params, setParams] = useSearchParams();
  const set = (asked: string | null) =>
    setParams(asked === null ? {} : { at: asked }, { replace: true });
  return [params.get('at'), set];
}

/** Says that something was brought back, and offers the way back from that. */
function Done(props: {
  pieceId: string;
  done: Restored | null;
  onUndo: (version: { id: string; name: string }) => void;
}) {
  const { pieceId, done, onUndo } = props;
  const words = t.history.restore;
  const version = done?.version ?? null;
  return (
    <div role="status" className={done === null ? undefined : styles['done']}>
      {done !== null && (
        <>
          <p>{done.restored ? words.done : words.undone}</p>
          {version !== null && (
            <Button
              onClick={() => onUndo({ id: version.id, name: t.history.versionKinds[version.kind] })}
            >
              {words.undo}
            </Button>
          )}
          <Link href={`/pieces/${pieceId}`}>{words.toText}</Link>
        </>
      )}
    </div>
  );
}
