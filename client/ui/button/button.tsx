import { clsx } from '../clsx.ts';
import type { ButtonHTMLAttributes, ReactNode, Ref } from 'react';
import styles from './button.module.css';

type Native = ButtonHTMLAttributes<HTMLButtonElement> & { ref?: Ref<HTMLButtonElement> };

export interface ButtonProps extends Native {
  /** `primary` once a view, `danger` for what takes something away, `quiet` beside content. */
  kind?: 'primary' | 'plain' | 'quiet' | 'danger';
  icon?: ReactNode;
  /** Shows that it is at work, and takes no clicks meanwhile. */
  busy?: boolean;
}

export function Button({ kind = 'plain', icon, busy, className, children, ...rest }: ButtonProps) {
  return (
    <button
      type="button"
      {...rest}
      className={clsx(styles['button'], styles[kind], className)}
      aria-busy={busy || undefined}
      disabled={busy || rest.disabled}
    >
      {icon !== undefined && (
        <span className={styles['icon']} aria-hidden>
          {icon}
        </span>
      )}
      {children}
    </button>
  );
}
