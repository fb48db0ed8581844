import { X } from 'lucide-react';
import { Dialog as Radix } from 'radix-ui';
import type { ReactNode } from 'react';
import { t } from '../../strings/index.ts';
import { IconButton } from '../button/icon-button.tsx';
import { clsx } from '../clsx.ts';
import styles from './dialog.module.css';

export interface DialogProps {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  title: string;
  /** Said under the title, and read out with it. */
  description?: string;
  /** `wide` for what has a preview in it. */
  width?: 'normal' | 'wide';
  /** Cannot be left by Escape, a click beside it, or a cross. */
  binding?: boolean;
  /** Beside the page instead of over it: not modal, and the focus stays where it is. */
  aside?: boolean;
  /** Where the focus goes when it closes, if not to what had it before. */
  returnFocus?: () => void;
  /** It is only read: the arrow keys scroll it. */
  readOnly?: boolean;
  /** Buttons at the end. */
  actions?: ReactNode;
  children?: ReactNode;
}

/** A dialog, modal if not `aside`: keeps the focus, gives it back, closes with Escape. A sheet on a phone. */
export function Dialog(props: DialogProps) {
  const { open, onOpenChange, title, description, width, binding, actions, children } = props;
  const { returnFocus, readOnly, aside = false } = props;
  const stay = binding ? (event: Event) => event.preventDefault() : undefined;
  return (
    <Radix.Root open={open} onOpenChange={onOpenChange} modal={!aside}>
      <Radix.Portal container={binding ? document.body : document.getElementById('overlays')}>
        <Radix.Overlay className={styles['scrim']} />
        <Radix.Content
          className={clsx(
            styles['dialog'],
            width === 'wide' && styles['wide'],
            aside && styles['aside'],
          )}
          {...(aside && { onOpenAutoFocus: (event: Event) => event.preventDefault() })}
          {...(description === undefined && { 'aria-describedby': undefined })}
          {...(returnFocus && {
            onCloseAutoFocus: (event: Event) => {
              event.preventDefault();
              returnFocus();
            },
          })}
          {...(stay && { onEscapeKeyDown: stay, onInteractOutside: stay })}
        >
          <div className={styles['header']}>
            <Radix.Title className={styles['title']}>{title}</Radix.Title>
          </div>
          <div className={styles['body']} {...(readOnly && { tabIndex: 0 })}>
            {description !== undefined && (
              <Radix.Description className={styles['description']}>{description}</Radix.Description>
            )}
            {children}
          </div>
          {actions !== undefined && <div className={styles['actions']}>{actions}</div>}
          {!binding && (
            // Last, so that what the dialog is about has the focus first.
            <Radix.Close asChild>
              <IconButton className={styles['close']} label={t.common.close} icon={<X />} />
            </Radix.Close>
          )}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}
