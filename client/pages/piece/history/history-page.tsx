import { ArrowLeft, History } from 'lucide-react';
import { useMemo } from 'react';
import { Link } from 'wouter';
import { allows } from '../../../../shared/rights.ts';
import { useStretches, useVersions } from '../../../api/history.ts';
import { lastRole, usePieceDetails } from '../../../api/pieces.ts';
import { t } from '../../../strings/history.ts';
import { isNotThere } from '../../../api/http.ts';
import { EmptyState } from '../../../ui/problem/empty-state.tsx';
import { loadedPage } from '../../../ui/loading/loaded-page.tsx';
import { PageProblem } from '../../../ui/problem/page-problem.tsx';
import { Waiting } from '../../../ui/loading/waiting.tsx';
import styles from './history-page.module.css';
import { HistoryView } from './history-view.tsx';
import { stopsOf } from './moments/stops.ts';

const NoAccess = loadedPage(() => import('../access/no-access.tsx'));

/** All that a piece ever was: its moments, what was changed in them, and the way back to them. */
export default function HistoryPage({ pieceId }: { pieceId: string }) {
  const { data: piece } = usePieceDetails(pieceId);
  const stretches = useStretches(pieceId);
  const versions = useVersions(pieceId);
  const stops = useMemo(
    () => stretches.data && versions.data && stopsOf(stretches.data, versions.data),
    [stretches.data, versions.data],
  );
  const role = piece?.role ?? lastRole(pieceId);
  const locked = piece?.locked ?? false;
  const rights = {
    mayName: role !== null && allows(role, 'nameVersion', locked),
    mayRestore: role !== null && allows(role, 'restore', locked),
    whyNot:
      role !== null && allows(role, 'restore', false)
        ? t.history.restore.locked
        : t.history.restore.may,
  };
  const error = stretches.error ?? versions.error;
  const retry = () => void Promise.all([stretches.refetch(), versions.refetch()]);
  if (stops === undefined && isNotThere(error)) {
    return <NoAccess pieceId={pieceId} onRetry={retry} />;
  }
  const title = piece?.title.trim() || t.piece.untitled;
  return (
    <div className={styles['page']}>
      <title>{`${t.history.windowTitle(title)} · ${t.common.appName}`}</title>
      <header className={styles['bar']}>
        <Link href={`/pieces/${pieceId}`} className={styles['back']} aria-label={t.history.back}>
          <ArrowLeft aria-hidden size={18} />
        </Link>
        <h1 className={styles['title']}>
          {t.history.title} <span className={styles['of']}>{title}</span>
        </h1>
      </header>
      <div role="status" className={error && stops ? styles['banner'] : undefined}>
        {error && stops && <p>{t.history.offline}</p>}
      </div>
      <main>
        {stops === undefined && error && <PageProblem error={error} onRetry={retry} />}
        {stops === undefined && !error && <Waiting />}
        {stops?.length === 0 && (
          <EmptyState icon={<History />} title={t.history.empty.title}>
            {t.history.empty.body}
          </EmptyState>
        )}
        {stops !== undefined && stops.length > 0 && (
          <HistoryView {...{ pieceId, stops }} {...rights} />
        )}
      </main>
    </div>
  );
}
