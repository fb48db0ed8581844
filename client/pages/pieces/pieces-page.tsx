import { PenLine, Trash2 } from 'lucide-react';
import { useDeferredValue, useState } from 'react';
import { statuses, type Status } from '../../../shared/api/statuses.ts';
import { usePieces } from '../../api/pieces.ts';
import type { User } from '../../api/session.ts';
import { t } from '../../strings/index.ts';
import { Button } from '../../ui/button/button.tsx';
import { EmptyState } from '../../ui/problem/empty-state.tsx';
import { PageProblem } from '../../ui/problem/page-problem.tsx';
import { Waiting } from '../../ui/loading/waiting.tsx';
import { TopBar } from '../top-bar.tsx';
import { DropPlace } from './drop-place.tsx';
import { NewPieceButton } from './new-piece-button.tsx';
import { PieceRow } from './piece-row.tsx';
import styles from './pieces-page.module.css';

/** All pieces that one may see. */
export default function PiecesPage({ me }: { me: User }) {
  const [query, setQuery] = useState('');
  const [status, setStatus] = useState<Status | null>(null);
  const [deleted, setDeleted] = useState(false);
  const q = useDeferredValue(query.trim());
  const found = usePieces({ q, status, deleted });
  const items = found.data?.pages.flatMap((page) => page.items) ?? [];
  const filtered = q !== '' || status !== null;
  return (
    <DropPlace>
      <div className={styles['page']}>
        <title>{`${t.pieces.title} · ${t.common.appName}`}</title>
        <TopBar me={me} />
        <main>
          <div className={styles['head']}>
            <h1 className={styles['title']}>{deleted ? t.pieces.deletedTitle : t.pieces.title}</h1>
            <NewPieceButton />
          </div>
          <div className={styles['filters']}>
            <input
              type="search"
              className={styles['search']}
              aria-label={t.pieces.search}
              placeholder={t.pieces.search}
              value={query}
              onChange={(event) => setQuery(event.target.value)}
            />
            <select
              className={styles['status']}
              aria-label={t.pieces.filter}
              value={status ?? ''}
              onChange={({ target: { value } }) =>
                setStatus(statuses.find((each) => each === value) ?? null)
              }
            >
              <option value="">{t.pieces.anyStatus}</option>
              {statuses.map((each) => (
                <option key={each} value={each}>
                  {t.pieces.status[each]}
                </option>
              ))}
            </select>
            <Button
              kind="quiet"
              icon={<Trash2 />}
              aria-pressed={deleted}
              onClick={() => setDeleted(!deleted)}
            >
              {t.pieces.deleted}
            </Button>
          </div>
          {found.error && items.length === 0 ? (
            <PageProblem error={found.error} onRetry={() => void found.refetch()} />
          ) : found.isPending ? (
            <Waiting />
          ) : items.length === 0 ? (
            <Nothing filtered={filtered} deleted={deleted} />
          ) : (
            <ul role="list" className={styles['list']} aria-label={t.pieces.title}>
              {items.map((piece) => (
                <PieceRow key={piece.id} piece={piece} />
              ))}
            </ul>
          )}
          {found.hasNextPage && (
            <Button busy={found.isFetchingNextPage} onClick={() => void found.fetchNextPage()}>
              {t.pieces.more}
            </Button>
          )}
        </main>
      </div>
    </DropPlace>
  );
}

function Nothing({ filtered, deleted }: { filtered: boolean; deleted: boolean }) {
  if (filtered) return <p className={styles['none']}>{t.pieces.noneFound}</p>;
  if (deleted) return <p className={styles['none']}>{t.pieces.noneDeleted}</p>;
  return (
    <EmptyState icon={<PenLine />} title={t.pieces.empty.title}>
      {t.pieces.empty.body}
    </EmptyState>
  );
}
