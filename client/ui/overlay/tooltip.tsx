import { Tooltip as Radix } from 'radix-ui';
import type { ReactElement } from 'react';
import styles from './tooltip.module.css';

/** Names its child for people who point or focus. The child carries the same as its label. */
export function Tooltip(props: {
  text: string;
  shortcut?: string | undefined;
  children: ReactElement;
}) {
  return (
    <Radix.Provider delayDuration={500}>
      <Radix.Root>
        <Radix.Trigger asChild>{props.children}</Radix.Trigger>
        <Radix.Portal container={document.getElementById('overlays')}>
          <Radix.Content className={styles['tooltip']} sideOffset={6} collisionPadding={8}>
            {props.text}
            {props.shortcut !== undefined && <kbd>{props.shortcut}</kbd>}
          </Radix.Content>
        </Radix.Portal>
      </Radix.Root>
    </Radix.Provider>
  );
}
