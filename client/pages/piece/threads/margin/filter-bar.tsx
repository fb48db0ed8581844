import { CheckCheck } from 'lucide-react';
import { ToggleGroup } from 'radix-ui';
import type { ThreadFilter } from '../../../../api/thread-changes.ts';
import { t } from '../../../../strings/piece.ts';
import { IconButton } from '../../../../ui/button/icon-button.tsx';
import styles from './threads-margin.module.css';

const filters: readonly ThreadFilter[] = ['open', 'mine', 'resolved'];

export interface FilterBarProps {
  filter: ThreadFilter;
  counts: Readonly<Record<ThreadFilter, number>>;
  unread: number;
  onFilter: (filter: ThreadFilter) => void;
  onReadAll: () => void;
}

/** Which threads are shown. */
export function FilterBar({ filter, counts, unread, onFilter, onReadAll }: FilterBarProps) {
  return (
    <div className={styles['filters']}>
      <ToggleGroup.Root
        type="single"
        className={styles['choices']}
        aria-label={t.threads.filter}
        value={filter}
        onValueChange={(chosen) => {
          const found = filters.find((each) => each === chosen);
          if (found) onFilter(found);
        }}
      >
        {filters.map((each) => (
          <ToggleGroup.Item key={each} value={each} className={styles['choice']}>
            {t.threads.filters[each]}
            {counts[each] > 0 && <span className={styles['count']}> {counts[each]}</span>}
          </ToggleGroup.Item>
        ))}
      </ToggleGroup.Root>
      {unread > 0 && (
        <>
          <span className={styles['unread']}>{t.threads.unread(unread)}</span>
          <IconButton label={t.threads.markAllRead} icon={<CheckCheck />} onClick={onReadAll} />
        </>
      )}
    </div>
  );
}
