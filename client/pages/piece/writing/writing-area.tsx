import { startTransition, useEffect, useEffectEvent, useRef, useState } from 'react';
import { useLocation } from 'wouter';
import { sharedTypes } from '../../../../shared/document/index.ts';
import type { PieceRole } from '../../../../shared/roles.ts';
import type { User } from '../../../api/session.ts';
import type { PieceSession } from '../../../collab/index.ts';
import { t } from '../../../strings/piece.ts';
import { WhoCard } from '../authors/who-card.tsx';
import { WhoDesk } from '../authors/who-desk.ts';
import { OutlinePlace } from '../outline/outline-place.tsx';
import { useOutlineOpen } from '../outline/use-outline-open.ts';
import { ThreadDesk } from '../threads/thread-desk.ts';
import { ThreadsMargin } from '../threads/threads-margin.tsx';
import type { Ask } from './actions.ts';
import { AnswersDialog } from './answers-dialog.tsx';
import { BodyEditor } from './body-editor.ts';
import { Counts } from './counts.tsx';
import { FindBar } from './find-bar.tsx';
import { Footnotes } from './footnotes.tsx';
import { HelpDialog } from './help-dialog.tsx';
import { LineField } from './line-field.tsx';
import { LinkDialog } from './link-dialog.tsx';
import './prose.css';
import { SlashMenu } from './slash-menu.tsx';
import { Toolbar } from './toolbar.tsx';
import { useFollow } from './use-follow.ts';
import styles from './writing-area.module.css';

export interface WritingAreaProps {
  session: PieceSession;
  me: User;
  pieceId: string;
  /** Null until it is known. */
  role: PieceRole | null;
  canEdit: boolean;
  /** Whose caret one's view goes along with. */
  following: string | null;
  onStopFollowing: () => void;
}

/** The text of a piece and what can be done to it. */
export function WritingArea(props: WritingAreaProps) {
  const { session, me, pieceId, role, canEdit, following, onStopFollowing } = props;
  const [asked, setAsked] = useState<Ask | null>(null);
  const [desk] = useState(() => new ThreadDesk());
  const [who] = useState(() => new WhoDesk());
  const [, navigate] = useLocation();
  const outline = useOutlineOpen();
  const editor = useBodyEditor({ session, desk, who, role, canEdit }, (ask) => {
    if (ask === 'outline') outline.setOpen(!outline.open);
    else if (ask === 'who') who.tellAtCaret();
    else if (ask === 'history') navigate(`/pieces/${pieceId}/history`);
    else if (!desk.asked(ask)) setAsked(ask);
  });
  useHelpKey(() => setAsked('help'));
  useFollow(editor, following, onStopFollowing);
  const close = () => setAsked(null);
  if (editor === null) return null;
  const finding = asked === 'find' || asked === 'replace';
  return (
    <>
      <div className={styles['bars']}>
        <Toolbar editor={editor} {...{ canEdit, role }} outlineOpen={outline.open} />
        {finding && (
          <FindBar replacing={asked === 'replace'} {...{ editor, canEdit }} onClose={close} />
        )}
      </div>
      <div className={styles['columns']} data-finding={finding || undefined}>
        <div className={styles['left']}>
          <OutlinePlace
            {...{ editor, canEdit }}
            open={outline.open}
            beside={outline.beside}
            onClose={() => outline.setOpen(false)}
          />
        </div>
        <div className={styles['sheet']}>
          <Heading session={session} canEdit={canEdit} onLeave={() => editor.view.focus()} />
          <Body editor={editor} />
          <Footnotes editor={editor} canEdit={canEdit} />
          <Counts editor={editor} />
        </div>
        {role !== null && <ThreadsMargin {...{ desk, editor, pieceId, me, role }} />}
      </div>
      <WhoCard desk={who} {...{ editor, pieceId, me }} />
      <SlashMenu editor={editor} />
      <LinkDialog editor={editor} open={asked === 'link'} onClose={close} />
      <AnswersDialog editor={editor} open={asked === 'answers'} onClose={close} />
      <HelpDialog open={asked === 'help'} onClose={close} />
    </>
  );
}

function useBodyEditor(
  props: Pick<WritingAreaProps, 'session' | 'role' | 'canEdit'> & {
    desk: ThreadDesk;
    who: WhoDesk;
  },
  onAsk: (ask: Ask) => void,
): BodyEditor | null {
  const { session, desk, who, role, canEdit } = props;
  const [editor, setEditor] = useState<BodyEditor | null>(null);
  const answer = useEffectEvent(onAsk);
  // As it is at first: to change it later draws all of the text once more.
  const mayEdit = useEffectEvent(() => canEdit);
  useEffect(() => {
    const made = new BodyEditor({
      session,
      canEdit: mayEdit(),
      onAsk: (ask) => answer(ask),
      plugins: [...desk.plugins, who.plugin],
    });
    desk.attach(made);
    // An editor is a thing outside of React, which lives as long as the page. What stands around it is
    // drawn in slices, apart from the task that has made it.
    startTransition(() => setEditor(made));
    return () => {
      setEditor(null);
      desk.attach(null);
      made.destroy();
    };
  }, [session, desk, who]);
  useEffect(() => {
    desk.setRole(role);
    editor?.allowEditing(canEdit, role === 'reviewer');
  }, [desk, editor, canEdit, role]);
  return editor;
}

function Heading(props: { session: PieceSession; canEdit: boolean; onLeave: () => void }) {
  const { session, canEdit, onLeave } = props;
  const standfirst = useRef<HTMLDivElement>(null);
  const title = session.doc.getText(sharedTypes.title);
  const [empty] = useState(() => canEdit && title.length === 0);
  return (
    <div className={styles['heading']}>
      <div className={styles['title']}>
        <LineField
          text={title}
          label={t.piece.title}
          canEdit={canEdit}
          focused={empty}
          onLeave={() => standfirst.current?.querySelector('textarea')?.focus()}
        />
      </div>
      <div className={styles['standfirst']} ref={standfirst}>
        <LineField
          text={session.doc.getText(sharedTypes.standfirst)}
          label={t.piece.standfirst}
          canEdit={canEdit}
          onLeave={onLeave}
        />
      </div>
    </div>
  );
}

function Body({ editor }: { editor: BodyEditor }) {
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => place.current?.replaceChildren(editor.view.dom), [editor]);
  return <div ref={place} className="prose" />;
}

/** "?" says which keys there are, wherever it is not a character of a text. */
function useHelpKey(open: () => void): void {
  useEffect(() => {
    const pressed = (event: KeyboardEvent) => {
      if (event.key !== '?' || event.defaultPrevented || isText(event.target)) return;
      event.preventDefault();
      open();
    };
    document.addEventListener('keydown', pressed);
    return () => document.removeEventListener('keydown', pressed);
  });
}

function isText(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  return target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName);
}
