import { Check, Undo2, X } from 'lucide-react';
import { useState, type MouseEvent, type ReactNode } from 'react';
import { allows } from '../../../../../shared/rights.ts';
import { ApiProblem } from '../../../../api/http.ts';
import type { Thread } from '../../../../api/threads.ts';
import { t } from '../../../../strings/piece.ts';
import { Button } from '../../../../ui/button/button.tsx';
import { IconButton } from '../../../../ui/button/icon-button.tsx';
import { attempt } from '../attempt.ts';
import styles from './thread-card.module.css';
import { useScene, type ThreadScene } from '../thread-context.ts';

/** Loaded when it is needed: the editor's page is near its bound. */
async function accept(scene: ThreadScene, id: string): Promise<void> {
  const accepting = await import('./accepting.ts');
  await accepting.accept(scene, id);
}

/** What can be decided on a thread by who looks at it. */
export function Decisions({ thread }: { thread: Thread }) {
  const { actions } = useScene();
  const { kind, status } = thread;
  if (status === 'accepted') return null;
  if (status !== 'open') {
    return (
      <div className={styles['buttons']}>
        <Decide label={t.threads.reopen} icon={<Undo2 />} act={() => actions.reopen(thread.id)} />
      </div>
    );
  }
  return kind === 'suggestion' ? (
    <OnSuggestion thread={thread} />
  ) : (
    <div className={styles['buttons']}>
      <Decide
        label={t.threads.resolve}
        icon={<Check />}
        act={() => actions.resolve(thread.id)}
        leaves
      />
    </div>
  );
}

/**
 * To decide on a suggestion with one click, as whoever has fifty to go through does. By keyboard one is
 * at the card first, where the same is said in words.
 */
export function QuickDecisions({ thread }: { thread: Thread }) {
  const scene = useScene();
  const { actions, desk, role } = scene;
  const [busy, setBusy] = useState(false);
  if (thread.status !== 'open' || !allows(role, 'acceptSuggestion', false)) return null;
  const decide = async (act: () => Promise<unknown>) => {
    setBusy(true);
    const done = await attempt(act);
    setBusy(false);
    if (!done) desk.activate(thread.id);
  };
  // With the focus it would be at the card, and gone from under the pointer.
  const keepFocus = (event: MouseEvent) => event.preventDefault();
  const look = { className: styles['menu'], tabIndex: -1, disabled: busy, onMouseDown: keepFocus };
  return (
    <span className={styles['quick']}>
      <IconButton
        {...look}
        label={t.threads.accept}
        icon={<Check />}
        onClick={() => void decide(() => accept(scene, thread.id))}
      />
      <IconButton
        {...look}
        label={t.threads.reject}
        icon={<X />}
        onClick={() => void decide(() => actions.reject(thread.id))}
      />
    </span>
  );
}

/** Writers accept and reject; a proposer may withdraw. */
function OnSuggestion({ thread }: { thread: Thread }) {
  const scene = useScene();
  const { actions, desk, me, role } = scene;
  const [changed, setChanged] = useState<string | null>(null);
  const decides = allows(role, 'acceptSuggestion', false);
  const isOwn = thread.author.id === me.id;
  if (!decides && !isOwn) return null;
  const acceptIt = async () => {
    try {
      await accept(scene, thread.id);
      desk.leave();
    } catch (error) {
      if (!(error instanceof ApiProblem) || error.passage === null) throw error;
      setChanged(error.passage);
    }
  };
  const reject = (
    <Decide
      label={isOwn && !decides ? t.threads.withdraw : t.threads.reject}
      icon={<X />}
      act={() => actions.reject(thread.id)}
      leaves
    />
  );
  if (changed !== null) {
    const words = t.threads.changed;
    return (
      <div role="alert" className={styles['changed']}>
        <p>{changed === '' ? words.gone : words.title}</p>
        {changed !== '' && <blockquote className={styles['quote']}>{changed}</blockquote>}
        <div className={styles['buttons']}>
          <Button className={styles['button']} onClick={() => setChanged(null)}>
            {words.keep}
          </Button>
          {reject}
        </div>
      </div>
    );
  }
  return (
    <div className={styles['buttons']}>
      {reject}
      {decides && <Decide label={t.threads.accept} icon={<Check />} act={acceptIt} primary />}
    </div>
  );
}

interface DecideProps {
  label: string;
  icon: ReactNode;
  act: () => Promise<unknown>;
  primary?: boolean;
  /** With it the thread is done with: the focus goes back to the text. */
  leaves?: boolean;
}

function Decide({ label, icon, act, primary, leaves }: DecideProps) {
  const { desk } = useScene();
  const [busy, setBusy] = useState(false);
  const decide = async () => {
    setBusy(true);
    const done = await attempt(act);
    setBusy(false);
    if (done && leaves) desk.leave();
  };
  return (
    <Button
      className={styles['button']}
      {...(primary && { kind: 'primary' as const })}
      icon={icon}
      busy={busy}
      onClick={() => void decide()}
    >
      {label}
    </Button>
  );
}
