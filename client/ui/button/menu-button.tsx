import { cloneElement, Suspense, useState, type ReactElement, type ReactNode } from 'react';
import type { ButtonProps } from './button.tsx';

export interface MenuButtonProps {
  trigger: ReactElement<ButtonProps>;
  /** Loads what `menu` needs; called when somebody comes near. */
  load: () => Promise<unknown>;
  /** The menu with this trigger, open from the start. */
  menu: (trigger: ReactElement) => ReactNode;
}

/** A button whose menu is loaded when it is wanted: a list is read more often than it is changed. */
export function MenuButton({ trigger, load, menu }: MenuButtonProps) {
  const [wanted, setWanted] = useState(false);
  const near = () => void load();
  const asking = cloneElement(trigger, {
    'aria-haspopup': 'menu',
    'aria-expanded': false,
    onPointerEnter: near,
    onFocus: near,
    onClick: () => setWanted(true),
  });
  return wanted ? <Suspense fallback={asking}>{menu(trigger)}</Suspense> : asking;
}
