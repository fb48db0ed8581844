import { startTransition, Suspense, useEffect, useEffectEvent, useState } from 'react';
import { useLocation } from 'wouter';
import type { PieceRole } from '../../../../shared/roles.ts';
import type { User } from '../../../api/session.ts';
import type { PieceSession } from '../../../collab/index.ts';
import { lazyPart } from '../../../ui/loading/lazy-part.tsx';
import { WhoCard } from '../authors/who-card.tsx';
import { WhoDesk } from '../authors/who-desk.ts';
import { OutlinePlace } from '../outline/outline-place.tsx';
import { useOutlineOpen } from '../outline/use-outline-open.ts';
import { ThreadDesk } from '../threads/thread-desk.ts';
import { ThreadsMargin } from '../threads/margin/threads-margin.tsx';
import type { Ask } from './actions.ts';
import { Counts } from './counts.tsx';
import { FieldPlace } from './fields/field-place.tsx';
import { PieceFields } from './fields/piece-fields.ts';
import { Footnotes } from './footnotes.tsx';
import './prose.css';
import './print.css';
import { SlashMenu } from './menus/slash-menu.tsx';
import { Toolbar } from './menus/toolbar.tsx';
import { useFollow } from './use-follow.ts';
import styles from './writing-area.module.css';

const PrintedDetails = lazyPart(() => import('../details/printed-details.tsx'));
const loadFindBar = () => import('./find/find-bar.tsx');
const loadLinkDialog = () => import('./dialogs/link-dialog.tsx');
const FindBar = lazyPart(loadFindBar);
const LinkDialog = lazyPart(loadLinkDialog);
const AnswersDialog = lazyPart(() => import('./dialogs/answers-dialog.tsx'));
const HelpDialog = lazyPart(() => import('./dialogs/help-dialog.tsx'));

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
  const fields = usePieceFields({ session, desk, who, role, canEdit }, (ask) => {
    if (ask === 'outline') outline.setOpen(!outline.open);
    else if (ask === 'who') who.tellAtCaret();
    else if (ask === 'history') navigate(`/pieces/${pieceId}/history`);
    else if (!desk.asked(ask)) setAsked(ask);
  });
  useHelpKey(() => setAsked('help'));
  useLoadedAhead();
  const editor = fields?.body ?? null;
  useFollow(editor, following, onStopFollowing);
  const close = () => setAsked(null);
  if (fields === null || editor === null) return null;
  const finding = asked === 'find' || asked === 'replace';
  return (
    <>
      <div className={styles['bars']}>
        <Toolbar {...{ fields, canEdit, role }} outlineOpen={outline.open} />
        <Suspense>
          {finding && (
            <FindBar replacing={asked === 'replace'} {...{ fields, canEdit }} onClose={close} />
          )}
        </Suspense>
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
        <div className={styles['sheet']} data-sheet>
          <Heading {...{ session, fields, canEdit }} />
          <FieldPlace editor={editor} className="prose" />
          <Footnotes fields={fields} />
          <Counts editor={editor} />
        </div>
        {role !== null && <ThreadsMargin {...{ desk, fields, pieceId, me, role }} />}
      </div>
      <WhoCard desk={who} {...{ editor, pieceId, me }} />
      <SlashMenu editor={editor} />
      <Suspense>
        {asked === 'link' && <LinkDialog fields={fields} open onClose={close} />}
        {asked === 'answers' && <AnswersDialog editor={editor} open onClose={close} />}
        {asked === 'help' && <HelpDialog open onClose={close} />}
      </Suspense>
    </>
  );
}

function usePieceFields(
  props: Pick<WritingAreaProps, 'session' | 'role' | 'canEdit'> & {
    desk: ThreadDesk;
    who: WhoDesk;
  },
  onAsk: (ask: Ask) => void,
): PieceFields | null {
  const { session, desk, who, role, canEdit } = props;
  const [fields, setFields] = useState<PieceFields | null>(null);
  const answer = useEffectEvent(onAsk);
  // As it is at first: to change it later draws all of the text once more.
  const mayEdit = useEffectEvent(() => canEdit);
  useEffect(() => {
    const made = new PieceFields({
      session,
      canEdit: mayEdit(),
      onAsk: (ask) => answer(ask),
      plugins: (text) =>
        text.name === 'body' ? [...desk.plugins(text), who.plugin] : desk.plugins(text),
    });
    desk.attach(made);
    // An editor is a thing outside of React, which lives as long as the page. What stands around it is
    // drawn in slices, apart from the task that has made it.
    startTransition(() => setFields(made));
    return () => {
      setFields(null);
      desk.attach(null);
      made.destroy();
    };
  }, [session, desk, who]);
  useEffect(() => {
    desk.setRole(role);
    fields?.allowEditing(canEdit, role === 'reviewer');
  }, [desk, fields, canEdit, role]);
  return fields;
}

/** Title and standfirst. In a piece without a title one begins with that. */
function Heading({
  session,
  fields,
  canEdit,
}: {
  session: PieceSession;
  fields: PieceFields;
  canEdit: boolean;
}) {
  const { title, standfirst } = fields;
  const [empty] = useState(() => canEdit && title.text.length === 0);
  useEffect(() => {
    if (empty) title.view.focus();
  }, [empty, title]);
  return (
    <div className={styles['heading']}>
      <FieldPlace editor={title} className={styles['title']} />
      <FieldPlace editor={standfirst} className={styles['standfirst']} />
      <Suspense>
        <PrintedDetails session={session} />
      </Suspense>
    </div>
  );
}

/** Before they are asked for: what is typed at once after their keys is for them, not for the text. */
function useLoadedAhead(): void {
  useEffect(() => {
    const timer = setTimeout(
      () => void Promise.allSettled([loadFindBar(), loadLinkDialog()]),
      1_000,
    );
    return () => clearTimeout(timer);
  }, []);
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
