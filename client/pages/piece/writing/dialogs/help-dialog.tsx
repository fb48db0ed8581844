import { t } from '../../../../strings/piece.ts';
import { Dialog } from '../../../../ui/overlay/dialog.tsx';
import { actions } from '../actions.ts';
import { keyName } from '../key-names.ts';
import styles from './help-dialog.module.css';

/** Every action with its key, and what can be typed instead. */
export default function HelpDialog({ open, onClose }: { open: boolean; onClose: () => void }) {
  const words = t.piece.help;
  return (
    <Dialog
      open={open}
      onOpenChange={(stays) => !stays && onClose()}
      title={words.title}
      description={words.about}
      width="wide"
      readOnly
    >
      <dl className={styles['keys']}>
        {actions.map(({ id, key }) => (
          <div key={id} className={styles['row']}>
            <dt>{t.piece.actions[id]}</dt>
            <dd>
              <kbd className={styles['key']}>{keyName(key)}</kbd>
            </dd>
          </div>
        ))}
      </dl>
      <h3 className={styles['more']}>{words.typingTitle}</h3>
      <dl className={styles['keys']}>
        {words.typing.map(([typed, becomes]) => (
          <div key={typed} className={styles['row']}>
            <dt>{becomes}</dt>
            <dd>
              <kbd className={styles['key']}>{typed}</kbd>
            </dd>
          </div>
        ))}
      </dl>
    </Dialog>
  );
}
