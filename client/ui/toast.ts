import { createElement, lazy, Suspense, useSyncExternalStore } from 'react';

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

export function dismiss(id: number): void {
  show(shown.filter((each) => each.id !== id));
}

const Toaster = lazy(() => import('./toaster.tsx'));

/** Where toasts appear; what shows them is loaded with the first. */
export function Toasts() {
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
