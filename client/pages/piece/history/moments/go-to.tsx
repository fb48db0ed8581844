import { useState, type FormEvent } from 'react';
import { t } from '../../../../strings/history.ts';
import { Button } from '../../../../ui/button/button.tsx';
import styles from './go-to.module.css';

/** Leads to any time, in this device's time zone. */
export function GoTo({ onGo }: { onGo: (time: string) => void }) {
  const [value, setValue] = useState('');
  const submit = (event: FormEvent) => {
    event.preventDefault();
    // To the end of the minute: what was written in it had been written.
    const time = new Date(`${value}:59.999`);
    if (Number.isNaN(time.getTime())) return;
    onGo(new Date(Math.min(time.getTime(), Date.now())).toISOString());
  };
  return (
    <form className={styles['goTo']} onSubmit={submit}>
      <label>
        <span className={styles['goToLabel']}>{t.history.goTo}</span>
        <input
          type="datetime-local"
          required
          className={styles['time']}
          value={value}
          onChange={(event) => setValue(event.target.value)}
        />
      </label>
      <Button type="submit">{t.history.go}</Button>
    </form>
  );
}
