import { X } from 'lucide-react';
import { Toast as Radix } from 'radix-ui';
import { useSyncExternalStore } from 'react';
import { t } from '../strings/index.ts';
import { IconButton } from './button.tsx';
import { clsx } from './clsx.ts';
import styles from './toast.module.css';

export interface ToastContent {
  text: string;
  /** `bad` for what failed; it is read out at once. */
  kind?: 'plain' | 'bad';
  action?: { label: string; run: () => void };
}

interface Shown extends ToastContent {
  id: number;
}

/** Long enough to find "Undo" in, in ms; with the pointer or the focus on it, time stands still. */
const duration = 8_000;

let shown: readonly Shown[] = [];
let lastId = 0;
const listeners = new Set<() => void>();

function show(next: readonly Shown[]): void {
  shown = next;
  for (const listener of listeners) listener();
}

/** Says something at the edge of the page for a while. F8 leads the focus there. */
export function toast(content: ToastContent): void {
  lastId += 1;
  show([...shown.slice(-3), { ...content, id: lastId }]);
}

function dismiss(id: number): void {
  show(shown.filter((each) => each.id !== id));
}

export function Toaster() {
  const toasts = useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => shown,
  );
  return (
    <Radix.Provider duration={duration} label={t.common.notifications}>
      {toasts.map(({ id, text, kind, action }) => (
        <Radix.Root
          key={id}
          type={kind === 'bad' ? 'foreground' : 'background'}
          className={clsx(styles['toast'], kind === 'bad' && styles['bad'])}
          onOpenChange={(open) => !open && dismiss(id)}
        >
          <Radix.Description className={styles['text']}>{text}</Radix.Description>
          {action && (
            <Radix.Action asChild altText={action.label}>
              <button type="button" className={styles['action']} onClick={action.run}>
                {action.label}
              </button>
            </Radix.Action>
          )}
          <Radix.Close asChild>
            <IconButton label={t.common.close} icon={<X />} />
          </Radix.Close>
        </Radix.Root>
      ))}
      <Radix.Viewport className={styles['viewport']} />
    </Radix.Provider>
  );
}
