import { Copy } from 'lucide-react';
import { useId } from 'react';
import { IconButton } from './button/icon-button.tsx';
import styles from './secret.module.css';
import { toast } from './overlay/toast.ts';

/** A link or token that is shown once, to be copied. */
export function Secret(props: {
  label: string;
  value: string;
  copy: string;
  copied: string;
  notCopied: string;
}) {
  const id = useId();
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(props.value);
      toast({ text: props.copied });
    } catch {
      // Without https a browser has no clipboard to give.
      toast({ text: props.notCopied, kind: 'bad' });
    }
  };
  return (
    <div className={styles['secret']}>
      <label className={styles['label']} htmlFor={id}>
        {props.label}
      </label>
      <input
        id={id}
        className={styles['value']}
        readOnly
        value={props.value}
        onFocus={(event) => event.target.select()}
      />
      <IconButton label={props.copy} icon={<Copy />} onClick={() => void copy()} />
    </div>
  );
}
