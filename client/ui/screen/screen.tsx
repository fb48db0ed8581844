import { lazy, Suspense, useEffect, useLayoutEffect, useState, type ReactNode } from 'react';
import { createPortal } from 'react-dom';
import type { BackButton, OffScreenProps } from './off-screen.tsx';

const load = () => import('./off-screen.tsx');
const OffScreen = lazy(() => load().catch(() => ({ default: Bare })));

interface ScreenProps extends Pick<OffScreenProps, 'instead'>, BackButton {
  away: boolean;
  children: ReactNode;
}

/**
 * Its children, which can be taken out of the document, with the menus and dialogs over them and the
 * window's title: nobody can read, find, select or print then what is on them. Nothing of their state
 * is lost. Who is typing at that moment goes on, into a field that shows these words alone; they go
 * into the text that had the focus, key by key.
 */
export function Screen({ away, instead, children, onLeave, ask }: ScreenProps) {
  const [place] = useState(flat);
  // Before the children's own effects, which may look how large they are.
  const [attach] = useState(() => (host: HTMLElement | null) => host?.append(place));
  useEffect(() => {
    const ended = new AbortController();
    // At once: when it is wanted there may be no network.
    load().then(
      ({ watchBackButton }) => watchBackButton({ onLeave, ask }, ended.signal),
      (error: unknown) => console.warn(error),
    );
    return () => ended.abort();
  }, [onLeave, ask]);
  return (
    <>
      <div ref={attach} style={{ display: 'contents' }} />
      {createPortal(children, place)}
      {away && (
        <Suspense>
          <OffScreen {...{ place, instead }} />
        </Suspense>
      )}
    </>
  );
}

/** What can be done where the rest could not be loaded. */
function Bare({ place, instead }: OffScreenProps): ReactNode {
  useLayoutEffect(() => {
    const host = place.parentElement;
    place.remove();
    return () => host?.append(place);
  }, [place]);
  return instead(null);
}

function flat(): HTMLElement {
  const place = document.createElement('div');
  place.style.display = 'contents';
  return place;
}
