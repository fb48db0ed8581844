import { DropdownMenu as Radix } from 'radix-ui';
import type { ReactElement, ReactNode } from 'react';
import { clsx } from '../clsx.ts';
import styles from './menu.module.css';

/** A menu behind a button. */
export function Menu(props: {
  trigger: ReactElement;
  align?: 'start' | 'end';
  /** Where the focus goes when it closes, if not to the trigger. */
  returnFocus?: () => void;
  defaultOpen?: boolean;
  children: ReactNode;
}) {
  const { returnFocus } = props;
  return (
    <Radix.Root modal={false} defaultOpen={props.defaultOpen ?? false}>
      <Radix.Trigger asChild>{props.trigger}</Radix.Trigger>
      <Radix.Portal container={document.getElementById('overlays')}>
        <Radix.Content
          className={styles['menu']}
          align={props.align ?? 'start'}
          sideOffset={6}
          collisionPadding={8}
          {...(returnFocus && {
            onCloseAutoFocus: (event: Event) => {
              event.preventDefault();
              returnFocus();
            },
          })}
        >
          {props.children}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}

export function MenuItem(props: {
  icon?: ReactNode;
  shortcut?: string | undefined;
  danger?: boolean;
  disabled?: boolean;
  onSelect: () => void;
  children: ReactNode;
}) {
  return (
    <Radix.Item
      className={clsx(styles['item'], props.danger && styles['danger'])}
      disabled={props.disabled ?? false}
      onSelect={props.onSelect}
    >
      {props.icon !== undefined && (
        <span className={styles['icon']} aria-hidden>
          {props.icon}
        </span>
      )}
      <span className={styles['text']}>{props.children}</span>
      {props.shortcut !== undefined && <kbd className={styles['shortcut']}>{props.shortcut}</kbd>}
    </Radix.Item>
  );
}

/** One of several that exclude each other. */
export function MenuChoice<T extends string>(props: {
  label: string;
  value: T;
  options: readonly { value: T; label: string }[];
  onChange: (value: T) => void;
}) {
  return (
    <Radix.RadioGroup
      value={props.value}
      onValueChange={(value) => {
        const chosen = props.options.find((option) => option.value === value);
        if (chosen) props.onChange(chosen.value);
      }}
    >
      <Radix.Label className={styles['label']}>{props.label}</Radix.Label>
      {props.options.map(({ value, label }) => (
        <Radix.RadioItem key={value} value={value} className={styles['item']}>
          <span className={styles['icon']} aria-hidden>
            <Radix.ItemIndicator>●</Radix.ItemIndicator>
          </span>
          <span className={styles['text']}>{label}</span>
        </Radix.RadioItem>
      ))}
    </Radix.RadioGroup>
  );
}

export function MenuSeparator() {
  return <Radix.Separator className={styles['separator']} />;
}
