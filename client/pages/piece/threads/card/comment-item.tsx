import { Ellipsis } from 'lucide-react';
import { useState } from 'react';
import type { Comment } from '../../../../api/threads.ts';
import { t } from '../../../../strings/piece.ts';
import { Button } from '../../../../ui/button/button.tsx';
import { clsx } from '../../../../ui/clsx.ts';
import { IconButton } from '../../../../ui/button/icon-button.tsx';
import { Menu, MenuItem } from '../../../../ui/overlay/menu.tsx';
import { attempt } from '../attempt.ts';
import { CommentField } from '../composing/comment-field.tsx';
import { CommentText } from './comment-text.tsx';
import { PersonLine } from './person-line.tsx';
import styles from './thread-card.module.css';
import { useScene } from '../thread-context.ts';

export interface CommentItemProps {
  comment: Comment;
  short: boolean;
  /** Its author and time are said already. */
  bare: boolean;
  menu: boolean;
}

/** One comment; one's own can be changed and deleted, by an owner everybody's deleted. */
export function CommentItem({ comment, short, bare, menu }: CommentItemProps) {
  const { author, body, createdAt, editedAt, deletedAt } = comment;
  const { me, role } = useScene();
  const [editing, setEditing] = useState(false);
  const isOwn = author.id === me.id;
  const mayChange = deletedAt === null && role !== 'reader' && (isOwn || role === 'owner');
  const things = menu && mayChange && !editing && (
    <CommentMenu {...{ comment, isOwn }} onEdit={() => setEditing(true)} />
  );
  return (
    <div className={styles['comment']}>
      {bare ? (
        things && <div className={styles['bareMenu']}>{things}</div>
      ) : (
        <PersonLine
          person={author}
          at={createdAt}
          {...(editedAt !== null && deletedAt === null && { note: t.threads.edited })}
        >
          {things}
        </PersonLine>
      )}
      {deletedAt !== null && <p className={styles['deleted']}>{t.threads.deletedComment}</p>}
      {deletedAt === null && !editing && (
        <div className={clsx(short && styles['short'])}>
          <CommentText body={body} mentions={comment.mentions} />
        </div>
      )}
      {editing && <EditForm comment={comment} onDone={() => setEditing(false)} />}
    </div>
  );
}

function CommentMenu(props: { comment: Comment; isOwn: boolean; onEdit: () => void }) {
  const { comment, isOwn, onEdit } = props;
  const { actions } = useScene();
  const trigger = (
    <IconButton
      className={styles['menu']}
      label={t.threads.commentMenu(comment.author.name)}
      icon={<Ellipsis />}
    />
  );
  return (
    <Menu align="end" trigger={trigger}>
      {isOwn && <MenuItem onSelect={onEdit}>{t.threads.edit}</MenuItem>}
      <MenuItem danger onSelect={() => void attempt(() => actions.remove(comment))}>
        {t.threads.remove}
      </MenuItem>
    </Menu>
  );
}

function EditForm({ comment, onDone }: { comment: Comment; onDone: () => void }) {
  const { actions, pieceId } = useScene();
  const [text, setText] = useState(comment.body);
  const [busy, setBusy] = useState(false);
  const save = async () => {
    if (text.trim() === '') return;
    setBusy(true);
    const done = await attempt(() => actions.edit(comment, text));
    setBusy(false);
    if (done) onDone();
  };
  return (
    <form
      className={styles['form']}
      onSubmit={(event) => {
        event.preventDefault();
        void save();
      }}
      onKeyDown={(event) => {
        if (event.key !== 'Escape') return;
        event.stopPropagation();
        onDone();
      }}
    >
      <CommentField
        label={t.threads.edit}
        {...{ pieceId }}
        value={text}
        onChange={setText}
        onSend={() => void save()}
        focused
      />
      <div className={styles['buttons']}>
        <Button className={styles['button']} onClick={onDone}>
          {t.threads.cancel}
        </Button>
        <Button className={styles['button']} kind="primary" type="submit" busy={busy}>
          {t.threads.save}
        </Button>
      </div>
    </form>
  );
}
