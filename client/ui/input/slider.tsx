import { Slider as Radix } from 'radix-ui';
import { clsx } from '../clsx.ts';
import styles from './slider.module.css';

export interface SliderMark {
  readonly at: number;
  /** Shown larger than the others. */
  readonly strong: boolean;
}

/** One of the steps from 0 to `max`: dragged, or walked with the arrow keys, Home and End. */
export function Slider(props: {
  label: string;
  value: number;
  max: number;
  /** What the value means, for screen readers. */
  valueText: string;
  /** Steps that stand out; what they are is told beside. */
  marks?: readonly SliderMark[];
  onChange: (value: number) => void;
}) {
  const { label, value, max, valueText, marks = [], onChange } = props;
  return (
    <Radix.Root
      className={styles['slider']}
      value={[value]}
      max={Math.max(1, max)}
      disabled={max === 0}
      onValueChange={([next]) => next !== undefined && onChange(next)}
    >
      <Radix.Track className={styles['track']}>
        <Radix.Range className={styles['range']} />
      </Radix.Track>
      <span className={styles['marks']} aria-hidden>
        {marks.map(({ at, strong }) => (
          <span
            key={at}
            className={clsx(styles['mark'], strong && styles['strong'])}
            style={{ left: `${(at / Math.max(1, max)) * 100}%` }}
          />
        ))}
      </span>
      <Radix.Thumb className={styles['thumb']} aria-label={label} aria-valuetext={valueText} />
    </Radix.Root>
  );
}
