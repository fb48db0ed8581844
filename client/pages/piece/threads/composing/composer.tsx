import { useEffect, useId, useRef, useState } from 'react';
import { ApiProblem } from '../../../../api/http.ts';
import { problemText } from '../../../../api/problem-text.ts';
import { t } from '../../../../strings/piece.ts';
import { Button } from '../../../../ui/button/button.tsx';
import { keyName } from '../../writing/key-names.ts';
import { CommentField } from './comment-field.tsx';
import styles from '../card/thread-card.module.css';
import { useScene } from '../thread-context.ts';
import type { Draft } from '../thread-desk.ts';
import { whenSaved } from '../when-saved.ts';

/** Where a thread is begun. What was written stays until it is sent or given up. */
export function Composer({ draft }: { draft: Draft }) {
  const { desk, pieceId } = useScene();
  const { busy, problem, send } = useSend(draft);
  const hint = useId();
  const form = useRef<HTMLFormElement>(null);
  useEffect(() => {
    // Once it stands beside its words: the editor's frame, then that of what is drawn from it.
    const shown = setTimeout(() => form.current?.scrollIntoView({ block: 'nearest' }), 100);
    return () => clearTimeout(shown);
  }, []);
  const words = t.threads.composer;
  const isSuggestion = draft.kind === 'suggestion';
  const asIs = draft.replacement === draft.quote && draft.body === '';
  const blank = isSuggestion ? asIs : draft.body === '';
  const submit = () => void send();
  return (
    <form
      ref={form}
      className={styles['composer']}
      aria-label={isSuggestion ? words.suggestionTitle : words.commentTitle}
      aria-describedby={hint}
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
      onKeyDown={(event) => {
        if (event.key !== 'Escape') return;
        event.stopPropagation();
        event.preventDefault();
        // What was written is not lost to a key.
        if (blank) desk.dropDraft();
        else desk.leave();
      }}
    >
      <p id={hint} className={styles['on']}>
        {draft.quote === '' ? words.atCaret : words.on(shortened(draft.quote))}
      </p>
      {isSuggestion && (
        <CommentField
          label={draft.quote === '' ? words.insertion : words.replacement}
          {...{ pieceId }}
          value={draft.replacement}
          onChange={(replacement) => desk.edit({ replacement })}
          onSend={submit}
          mentions={false}
          titled
          focused
        />
      )}
      {isSuggestion && draft.quote !== '' && draft.replacement === '' && (
        <p className={styles['hint']}>{words.deletion}</p>
      )}
      <CommentField
        label={isSuggestion ? words.why : words.body}
        {...{ pieceId }}
        value={draft.body}
        onChange={(body) => desk.edit({ body })}
        onSend={submit}
        focused={!isSuggestion}
      />
      <p role="alert" className={problem === null ? undefined : styles['problem']}>
        {problem}
      </p>
      <div className={styles['buttons']}>
        <span className={styles['hint']}>{words.hint(keyName('Mod-Enter'))}</span>
        <Button className={styles['button']} onClick={() => desk.dropDraft()}>
          {t.threads.cancel}
        </Button>
        <Button className={styles['button']} kind="primary" type="submit" busy={busy}>
          {isSuggestion ? t.threads.suggest : t.threads.comment}
        </Button>
      </div>
    </form>
  );
}

function useSend(draft: Draft) {
  const { actions, desk, fields } = useScene();
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const send = async () => {
    const { kind, body, replacement } = draft;
    if (busy || (kind === 'comment' && body.trim() === '')) return;
    const begin = async () => {
      const anchor = desk.draftAnchor();
      if (anchor === null) throw new Gone();
      return actions.begin({
        anchor,
        ...(body.trim() !== '' && { body }),
        ...(kind === 'suggestion' && { suggestion: { replacement } }),
      });
    };
    setBusy(true);
    try {
      const made = await begin().catch(async (error: unknown) => {
        if (!(error instanceof ApiProblem) || error.code !== 'anchor_unreadable') throw error;
        // The words are younger than what the server has.
        await whenSaved(fields.session);
        return begin();
      });
      desk.sent(made.id);
    } catch (error) {
      setProblem(error instanceof Gone ? t.threads.composer.gone : problemText(error));
    }
    setBusy(false);
  };
  return { busy, problem, send };
}

/** The passage of a draft is not in the text any more. */
class Gone extends Error {}

function shortened(quote: string): string {
  return quote.length > 120 ? `${quote.slice(0, 120)}…` : quote;
}
