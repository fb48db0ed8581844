import { Plugin, PluginKey, type Command, type EditorState } from 'prosemirror-state';
import type { EditorView } from 'prosemirror-view';
import { dispatchAlone, isRemote, undo } from '../binding/collaboration.ts';
import type { FieldShape } from '../fields/field-shape.ts';
import { schema } from '../schema/schema.ts';
import { lineRule } from './line-rules.ts';
import { beginsWithinWord, markRule } from './mark-rules.ts';
import { followRun, type TypedRun } from './typed-run.ts';

interface Typing {
  readonly run: TypedRun | undefined;
  /** The rule that has acted right before the caret, with nothing done here since. */
  readonly acted: 'line' | 'mark' | undefined;
}

const key = new PluginKey<Typing>('typing-rules');

/**
 * Markdown-like typing (`line-rules.ts`, `mark-rules.ts`). A rule acts in a transaction of its own,
 * once its last sign is in the text: so one undo, or Backspace right after, gives back exactly what
 * was typed. prosemirror-inputrules puts a rule in the place of that sign, which undo cannot give back.
 */
export function typingRules(shape: FieldShape = 'blocks'): Plugin {
  return new Plugin<Typing>({
    key,
    state: {
      init: () => ({ run: undefined, acted: undefined }),
      apply: (tr, typing) => {
        if (!tr.docChanged && !tr.selectionSet) return typing;
        const remote = isRemote(tr);
        const run = followRun(typing.run, tr, remote);
        const acted = remote ? typing.acted : (tr.getMeta(key) as Typing['acted']);
        return { run, acted: run && acted };
      },
    },
    props: {
      handleTextInput: (view, from, to, text, typed) => {
        if (view.composing) return false;
        if (from === to && isTakenBackBy(text, view.state)) {
          undo(view.state, () => undefined);
          view.dispatch(view.state.tr.insertText(text));
          return true;
        }
        if (!endsRule(text)) return false;
        const { doc } = view.state;
        view.dispatch(typed());
        if (view.state.doc !== doc) applyRule(view, shape);
        return true;
      },
      handleDOMEvents: {
        compositionend: (view, event: { readonly data?: unknown }) => {
          // Only what was composed just now: the caret may have come to signs that stood there.
          if (typeof event.data !== 'string' || !endsRule(event.data)) return false;
          setTimeout(() => {
            if (!view.isDestroyed && !view.composing) applyRule(view, shape);
          });
          return false;
        },
      },
    },
  });
}

/** Takes back what a rule did, where that was the last that was done. */
export const undoTypingRule: Command = (state, dispatch) =>
  key.getState(state)?.acted !== undefined && undo(state, dispatch);

/** A letter right behind closing signs: they were in the middle of a word. */
function isTakenBackBy(text: string, state: EditorState): boolean {
  return key.getState(state)?.acted === 'mark' && beginsWithinWord(text);
}

function endsRule(text: string): boolean {
  return /[ *_~`)]$/.test(text);
}

function applyRule(view: EditorView, shape: FieldShape): void {
  const { state } = view;
  const { $from, empty } = state.selection;
  const { run } = key.getState(state) ?? {};
  if (!empty || !run || run.from >= $from.pos || run.to < $from.pos) return;
  if (!$from.parent.isTextblock || $from.parent.type.spec.code) return;
  if (state.doc.rangeHasMark($from.pos - 1, $from.pos, schema.marks.code)) return;
  const line = shape === 'blocks' ? lineRule(state, run.from) : undefined;
  const tr = line ?? markRule(state, run.from);
  if (tr)
    dispatchAlone(state, (each) => view.dispatch(each), tr.setMeta(key, line ? 'line' : 'mark'));
}
