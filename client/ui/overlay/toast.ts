import { createElement, lazy, Suspense, useEffect, useSyncExternalStore } from 'react';

export interface ToastContent {
  text: string;
  /** `bad` for what failed; it is read out at once. */
  kind?: 'plain' | 'bad';
  action?: { label: string; run: () => void };
}

export interface ShownToast extends ToastContent {
  id: number;
}

let shown: readonly ShownToast[] = [];
let lastId = 0;
const listeners = new Set<() => void>();

function show(next: readonly ShownToast[]): void {
  shown = next;
  for (const listener of listeners) listener();
}

/** Says something at the edge of the page for a while. */
export function toast(content: ToastContent): void {
  lastId += 1;
  show([...shown.slice(-3), { ...content, id: lastId }]);
}

/** What was said is not for whoever comes next. */
export function clearToasts(): void {
  show([]);
}

export function dismiss(id: number): void {
  show(shown.filter((each) => each.id !== id));
}

const load = () => import('./toaster.tsx');
const Toaster = lazy(() => load().catch(() => ({ default: PlainToasts })));
/** After so long the page has what it needs to be used, in ms. */
const loadAfterMs = 2_000;

/**
 * Where toasts appear. What shows them is loaded once the page is there: what they have to say may be
 * that there is no network any more.
 */
export function Toasts() {
  useEffect(() => {
    const later = setTimeout(
      () => load().catch((error: unknown) => console.warn('Toasts are shown plainly', error)),
      loadAfterMs,
    );
    return () => clearTimeout(later);
  }, []);
  const toasts = useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => shown,
  );
  if (lastId === 0) return null;
  return createElement(Suspense, null, createElement(Toaster, { toasts }));
}

/** Where what shows them could not be loaded, they are said all the same. */
function PlainToasts({ toasts }: { toasts: readonly ShownToast[] }) {
  return createElement('p', { role: 'status' }, toasts.map(({ text }) => text).join(' '));
}
