import { ChevronLeft, ChevronRight } from 'lucide-react';
import { t } from '../../../../strings/history.ts';
import { IconButton } from '../../../../ui/button/icon-button.tsx';
import { Slider } from '../../../../ui/input/slider.tsx';
import styles from './moment-bar.module.css';
import type { Chosen, Stop } from './stops.ts';
import { chosenText } from '../words.ts';

export interface MomentBarProps {
  stops: readonly Stop[];
  chosen: Chosen;
  /** A stop's id, a time, or null for the present. */
  onChoose: (asked: string | null) => void;
}

/** Walks the moments of a piece: by a slider, or stop by stop. */
export function MomentBar({ stops, chosen, onChoose }: MomentBarProps) {
  const { index, stop } = chosen;
  const last = stops.length - 1;
  const said = chosenText(chosen);
  const go = (to: number) => {
    const next = stops[Math.min(Math.max(0, to), last)];
    if (next) onChoose(next.kind === 'now' ? null : next.id);
  };
  const marks = stops.flatMap((one, at) =>
    one.kind === 'version' ? [{ at, strong: one.version.kind === 'named' }] : [],
  );
  // Between two stops, the earlier one is a step away.
  const earlier = stop === null ? index : index - 1;
  return (
    <div className={styles['bar']}>
      <div className={styles['row']}>
        <IconButton
          label={t.history.earlier}
          icon={<ChevronLeft />}
          aria-disabled={earlier < 0 || undefined}
          onClick={() => go(earlier)}
        />
        <Slider
          label={t.history.slider}
          value={index}
          max={last}
          valueText={said}
          marks={marks}
          onChange={go}
        />
        <IconButton
          label={t.history.later}
          icon={<ChevronRight />}
          aria-disabled={index === last || undefined}
          onClick={() => go(index + 1)}
        />
      </div>
      <p className={styles['said']}>{said}</p>
    </div>
  );
}
