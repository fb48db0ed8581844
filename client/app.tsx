import { useQuery, type QueryClient } from '@tanstack/react-query';
import { Fragment, lazy, Suspense, useEffect, useState, type ReactNode } from 'react';
import { Route, Switch } from 'wouter';
import { ApiProblem } from './api/http.ts';
import { lastMe, meQuery, type User } from './api/session.ts';
import { fetchKeysAhead } from './device/session.ts';
import { otherWindows } from './device/windows.ts';
import { CrashBoundary } from './ui/problem/crash-boundary.tsx';
import { loadedPage } from './ui/loading/loaded-page.tsx';
import { PageProblem } from './ui/problem/page-problem.tsx';
import { Screen } from './ui/screen/screen.tsx';
import { WaitingPage } from './ui/loading/waiting.tsx';

const NotFoundPage = loadedPage(() => import('./pages/not-found-page.tsx'));
const SignInPage = loadedPage(() => import('./pages/sign-in/sign-in-page.tsx'));
const SignInAgain = lazy(() => import('./pages/sign-in/sign-in-again.tsx'));
const InvitePage = loadedPage(() => import('./pages/sign-in/invite-page.tsx'));
const PiecesPage = loadedPage(() => import('./pages/pieces/pieces-page.tsx'));
const AccountPage = loadedPage(() => import('./pages/account/account-page.tsx'));
const PeoplePage = loadedPage(() => import('./pages/people/people-page.tsx'));
const PiecePage = loadedPage(() => import('./pages/piece/piece-page.tsx'));
const HistoryPage = loadedPage(() => import('./pages/piece/history/history-page.tsx'));

/** Asks the server who one is, and meanwhile fetches what the page at this address is made of. */
export function fetchAhead(client: QueryClient): void {
  const { pathname } = location;
  if (pathname !== '/invite') void client.prefetchQuery(meQuery);
  if (pathname === '/') PiecesPage.fetchAhead();
  if (!/^\/pieces\/[^/]+$/.test(pathname)) return;
  PiecePage.fetchAhead();
  fetchKeysAhead();
  // The text's faces, too: else it is laid out twice, in one that stands in and in its own. One that
  // does not come is asked for again by the text.
  for (const face of ['1em', 'italic 1em']) {
    document.fonts.load(`${face} 'Source Serif 4 Variable'`).catch(() => undefined);
  }
}

/** Pages and their addresses. */
export function App() {
  return (
    <CrashBoundary>
      <Switch>
        <Route path="/invite">
          <InvitePage />
        </Route>
        <Route>
          <SignedIn>{(me) => <Pages me={me} />}</SignedIn>
        </Route>
      </Switch>
    </CrashBoundary>
  );
}

function Pages({ me }: { me: User }) {
  return (
    <Switch>
      <Route path="/">
        <PiecesPage me={me} />
      </Route>
      <Route path="/account">
        <AccountPage me={me} />
      </Route>
      <Route path="/people">
        <PeoplePage me={me} />
      </Route>
      <Route path="/pieces/:id/history">{({ id }) => <HistoryPage key={id} pieceId={id} />}</Route>
      <Route path="/pieces/:id">{({ id }) => <PiecePage key={id} me={me} pieceId={id} />}</Route>
      <Route>
        <NotFoundPage />
      </Route>
    </Switch>
  );
}

/** A session may end without a word to a page that has no piece open: it asks now and then, in ms. */
const askEveryMs = 30_000;

/**
 * Its children for who is signed in. A session that ends under them takes them off the screen, and
 * nothing out of the page's memory: what is not saved yet is there, and goes on when the same person
 * has signed in again. For somebody else the page begins anew.
 */
function SignedIn({ children }: { children: (me: User) => ReactNode }) {
  const {
    data: me,
    error,
    refetch,
  } = useQuery({
    ...meQuery,
    refetchInterval: askEveryMs,
    refetchOnWindowFocus: 'always',
  });
  const [last, setLast] = useState<User | null>(null);
  const offline = error instanceof ApiProblem && error.code === 'network';
  // Once shown it stays: whoever asks again begins a new wait, in which there is no error.
  const shown = me ?? last ?? (offline ? lastMe() : null);
  if (shown !== null && last === null) setLast(shown);
  const isOther = last !== null && shown !== null && last.id !== shown.id;
  const [away, setAway] = useState(false);
  useEffect(() => otherWindows.hear(() => void refetch()), [refetch]);
  useEffect(() => {
    if (isOther) void import('./device/start-over.ts').then(({ startOver }) => startOver());
  }, [isOther]);
  const ended = me === null;
  useEffect(() => {
    if (ended) otherWindows.tell();
  }, [ended]);
  if (shown) {
    const page = last ?? shown;
    return (
      <Screen
        onLeave={setAway}
        ask={refetch}
        away={ended || away || isOther}
        instead={(typing) =>
          ended && (
            <Suspense>
              <SignInAgain user={page} typing={typing} />
            </Suspense>
          )
        }
      >
        <Fragment key={page.id}>{children(page)}</Fragment>
      </Screen>
    );
  }
  if (ended) return <SignInPage />;
  if (error) {
    return (
      <main>
        <PageProblem isPage error={error} onRetry={() => void refetch()} />
      </main>
    );
  }
  return <WaitingPage />;
}
