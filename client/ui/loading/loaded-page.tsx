import { useEffect, useState, type ComponentType } from 'react';
import { WaitingPage } from './waiting.tsx';

/** A page of the app, which is loaded when it is first shown, or before. */
export type LoadedPage<Props> = ComponentType<Props> & {
  /** Begins to load it. What has come to nothing is tried again, and told, when the page is shown. */
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
  let loading: Promise<Error | null> | null = null;
  /** Resolves to what went wrong, or to null. */
  const fetch = () => {
    loading ??= load().then(
      (module) => {
        Page = module.default;
        return null;
      },
      (error: unknown) => {
        loading = null;
        return error instanceof Error ? error : new Error(String(error));
      },
    );
    return loading;
  };
  function Place(props: Props) {
    const [tried, setTried] = useState<{ problem: Error | null } | null>(null);
    useEffect(() => {
      let here = true;
      if (Page === null) void fetch().then((problem) => here && setTried({ problem }));
      return () => {
        here = false;
      };
    }, []);
    if (Page) return <Page {...props} />;
    // For the boundary around all pages, which says so.
    if (tried?.problem) throw tried.problem;
    return <WaitingPage />;
  }
  return Object.assign(Place, { fetchAhead: () => void fetch() });
}
