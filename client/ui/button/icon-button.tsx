import type { ButtonHTMLAttributes, ReactNode, Ref } from 'react';
import styles from './button.module.css';
import { clsx } from '../clsx.ts';
import { Tooltip } from '../overlay/tooltip.tsx';

type Native = ButtonHTMLAttributes<HTMLButtonElement> & { ref?: Ref<HTMLButtonElement> };

export interface IconButtonProps extends Native {
  /** What it does, for the tooltip and for screen readers. */
  label: string;
  /** The key that does the same, for the tooltip. */
  shortcut?: string | undefined;
  icon: ReactNode;
}

export function IconButton({ label, shortcut, icon, className, ...rest }: IconButtonProps) {
  return (
    <Tooltip text={label} shortcut={shortcut}>
      <button
        type="button"
        aria-label={label}
        {...rest}
        className={clsx(styles['iconButton'], className)}
      >
        <span className={styles['icon']} aria-hidden>
          {icon}
        </span>
      </button>
    </Tooltip>
  );
}
