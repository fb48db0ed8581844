import { useEffect, useReducer, type ComponentType } from 'react';
import { WaitingPage } from './waiting.tsx';

/** A page of the app, which is loaded when it is first shown, or before. */
export type LoadedPage<Props> = ComponentType<Props> & {
  /** Begins to load it. What comes to nothing is tried again, and told, when the page is shown. */
  fetchAhead: () => void;
};

/**
 * Not by `lazy` and Suspense: once that has shown that something is on its way, React shows nothing in
 * its place for 300 ms, and most pages are there in less.
 */
export function loadedPage<Props extends object>(
  load: () => Promise<{ default: ComponentType<Props> }>,
): LoadedPage<Props> {
  let Page: ComponentType<Props> | null = null;
  let problem: Error | null = null;
  let loading: Promise<void> | null = null;
  const fetch = () => {
    loading ??= load().then(
      (module) => void (Page = module.default),
      (error: unknown) => {
        problem = error instanceof Error ? error : new Error(String(error));
        loading = null;
      },
    );
    return loading;
  };
  function Place(props: Props) {
    const [, drawAnew] = useReducer((count: number) => count + 1, 0);
    useEffect(() => {
      let here = true;
      if (Page === null) {
        problem = null;
        void fetch().then(() => here && drawAnew());
      }
      return () => {
        here = false;
      };
    }, []);
    if (Page) return <Page {...props} />;
    // For the boundary around all pages, which says so.
    if (problem !== null) throw problem;
    return <WaitingPage />;
  }
  return Object.assign(Place, { fetchAhead: () => void fetch() });
}
