import { useState } from 'react';
import type { Thread } from '../../../../api/threads.ts';
import { t } from '../../../../strings/piece.ts';
import { Button } from '../../../../ui/button/button.tsx';
import { attempt } from '../attempt.ts';
import { CommentField } from './comment-field.tsx';
import styles from '../card/thread-card.module.css';
import { useScene } from '../thread-context.ts';

/** Where a thread is answered; the button comes with the first letter. */
export function ReplyForm({ thread }: { thread: Thread }) {
  const { actions, pieceId } = useScene();
  const [text, setText] = useState('');
  const [busy, setBusy] = useState(false);
  const send = async () => {
    if (text.trim() === '' || busy) return;
    setBusy(true);
    if (await attempt(() => actions.reply(thread.id, text))) setText('');
    setBusy(false);
  };
  return (
    <form
      className={styles['form']}
      onSubmit={(event) => {
        event.preventDefault();
        void send();
      }}
    >
      <CommentField
        label={t.threads.replyLabel(thread.author.name)}
        {...{ pieceId }}
        value={text}
        onChange={setText}
        onSend={() => void send()}
      />
      {text !== '' && (
        <div className={styles['buttons']}>
          <Button className={styles['button']} onClick={() => setText('')}>
            {t.threads.cancel}
          </Button>
          <Button className={styles['button']} kind="primary" type="submit" busy={busy}>
            {t.threads.send}
          </Button>
        </div>
      )}
    </form>
  );
}
