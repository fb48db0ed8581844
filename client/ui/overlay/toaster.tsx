import { X } from 'lucide-react';
import { Toast as Radix } from 'radix-ui';
import { t } from '../../strings/index.ts';
import { clsx } from '../clsx.ts';
import { IconButton } from '../button/icon-button.tsx';
import { dismiss, type ShownToast } from './toast.ts';
import styles from './toast.module.css';

/** Long enough to find "Undo" in, in ms; with the pointer or the focus on it, time stands still. */
const duration = 8_000;

/** What is said at the edge of the page. F8 leads the focus there. */
export default function Toaster({ toasts }: { toasts: readonly ShownToast[] }) {
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
