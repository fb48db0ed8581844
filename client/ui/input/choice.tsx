import { useId } from 'react';
import styles from './choice.module.css';

/** A box to tick. */
export function Choice(props: {
  label: string;
  checked: boolean;
  onChange: (checked: boolean) => void;
}) {
  return (
    <label className={styles['choice']}>
      <input
        type="checkbox"
        checked={props.checked}
        onChange={(event) => props.onChange(event.target.checked)}
      />
      {props.label}
    </label>
  );
}

/** One of a few, each with what it means. */
export function ChoiceGroup<T extends string>(props: {
  label: string;
  value: T;
  options: readonly { value: T; label: string; hint?: string }[];
  onChange: (value: T) => void;
}) {
  const name = useId();
  return (
    <fieldset className={styles['group']}>
      <legend className={styles['legend']}>{props.label}</legend>
      {props.options.map(({ value, label, hint }) => (
        <label key={value} className={styles['choice']}>
          <input
            type="radio"
            name={name}
            checked={value === props.value}
            onChange={() => props.onChange(value)}
          />
          <span>
            {label}
            {hint !== undefined && <span className={styles['hint']}> {hint}</span>}
          </span>
        </label>
      ))}
    </fieldset>
  );
}
