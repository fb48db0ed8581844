import { FilePlus2, LayoutTemplate, LogOut, PenLine } from 'lucide-react';
import { useDeferredValue, useState } from 'react';
import { useLocation } from 'wouter';
import { useCreatePiece, usePieces, type NewPiece } from '../../api/pieces.ts';
import { problemText } from '../../api/problem-text.ts';
import { useSignOut, type User } from '../../api/session.ts';
import { t } from '../../strings/index.ts';
import { setTheme, themes, useTheme } from '../../theme.ts';
import { Button } from '../../ui/button.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { Menu, MenuChoice, MenuItem, MenuSeparator } from '../../ui/menu.tsx';
import { PageProblem } from '../../ui/page-problem.tsx';
import { toast } from '../../ui/toast.tsx';
import { Waiting } from '../../ui/waiting.tsx';
import { PieceRow } from './piece-row.tsx';
import styles from './pieces-page.module.css';

/** All pieces that one may see. */
export default function PiecesPage({ me }: { me: User }) {
  const [query, setQuery] = useState('');
  const found = usePieces(useDeferredValue(query.trim()));
  const items = found.data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <div className={styles['page']}>
      <header className={styles['header']}>
        <span className={styles['name']}>{t.common.appName}</span>
        <AccountMenu me={me} />
      </header>
      <main>
        <div className={styles['head']}>
          <h1 className={styles['title']}>{t.pieces.title}</h1>
          <NewPieceMenu />
        </div>
        <input
          type="search"
          className={styles['search']}
          aria-label={t.pieces.search}
          placeholder={t.pieces.search}
          value={query}
          onChange={(event) => setQuery(event.target.value)}
        />
        {found.error ? (
          <PageProblem error={found.error} onRetry={() => void found.refetch()} />
        ) : found.isPending ? (
          <Waiting />
        ) : items.length === 0 ? (
          <Nothing query={query.trim()} />
        ) : (
          <ul role="list" className={styles['list']}>
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
  );
}

function Nothing({ query }: { query: string }) {
  if (query !== '') return <p className={styles['none']}>{t.pieces.noneFound(query)}</p>;
  return (
    <EmptyState icon={<PenLine />} title={t.pieces.empty.title}>
      {t.pieces.empty.body}
    </EmptyState>
  );
}

function NewPieceMenu() {
  const [, navigate] = useLocation();
  const create = useCreatePiece();
  const start = (piece: NewPiece) =>
    create.mutate(piece, {
      onSuccess: ({ id }) => navigate(`/pieces/${id}`),
      onError: (error) => toast({ text: problemText(error), kind: 'bad' }),
    });
  return (
    <Menu
      align="end"
      trigger={
        <Button kind="primary" busy={create.isPending}>
          {t.pieces.newPiece}
        </Button>
      }
    >
      <MenuItem icon={<FilePlus2 />} onSelect={() => start({})}>
        {t.pieces.blank}
      </MenuItem>
      <MenuItem icon={<LayoutTemplate />} onSelect={() => start({ ...t.pieces.template })}>
        {t.pieces.fromTemplate}
      </MenuItem>
    </Menu>
  );
}

function AccountMenu({ me }: { me: User }) {
  const signOut = useSignOut();
  const theme = useTheme();
  const options = themes.map((value) => ({ value, label: t.common.theme[value] }));
  return (
    <Menu align="end" trigger={<Button kind="quiet">{me.name}</Button>}>
      <MenuChoice
        label={t.common.theme.label}
        value={theme}
        options={options}
        onChange={setTheme}
      />
      <MenuSeparator />
      <MenuItem icon={<LogOut />} onSelect={() => signOut.mutate(me.id)}>
        {t.pieces.signOut}
      </MenuItem>
    </Menu>
  );
}
