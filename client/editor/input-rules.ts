import { InputRule, inputRules } from 'prosemirror-inputrules';
import type { MarkType } from 'prosemirror-model';
import type { EditorState, Plugin, Transaction } from 'prosemirror-state';
import type { LineKind } from '../../shared/document/index.ts';
import { thesisBefore } from './argument.ts';
import type { FieldShape } from './fields/field-shape.ts';
import { freshId } from './fresh-id.ts';
import { lineKind } from './line-kinds.ts';
import { setLineKind } from './lines.ts';
import { schema } from './schema.ts';

/*
 * Markdown-like typing. At the start of a line, ended by a space:
 *   `#` `##` heading 2, `###` heading 3, `####` heading 4 · `>` quote · `-` `*` `+` bullets ·
 *   `1.` `1)` numbers · "```" code · `:t` thesis · `:c` counterpoint to the nearest thesis above
 * Within a line: `**bold**` `*italic*` `_italic_` `~~strike~~` `` `code` `` `[text](url)`.
 * The marks that were typed are deleted, the text between them stays where it is and only gets its
 * look (S1). Backspace right after takes it back (`undoInputRule` in the keymap).
 */
export function typingRules(shape: FieldShape = 'blocks'): Plugin {
  return inputRules({ rules: shape === 'blocks' ? [...lineRules(), ...markRules()] : markRules() });
}

function lineRules(): InputRule[] {
  return [
    lineRule(/^(#{1,4})\s$/, (match) => heading(match[1]?.length ?? 2)),
    lineRule(/^>\s$/, () => ({ kind: 'quote' })),
    lineRule(/^[-*+]\s$/, () => ({ kind: 'list', style: 'bullet', indent: 0 })),
    lineRule(/^\d{1,3}[.)]\s$/, () => ({ kind: 'list', style: 'ordered', indent: 0 })),
    lineRule(/^```\s$/, () => ({ kind: 'code' })),
    lineRule(/^:t\s$/, () => ({ kind: 'thesis', id: freshId() })),
    lineRule(/^:c\s$/, (_match, state, number) => {
      const answers = thesisBefore(state.doc, number);
      return { kind: 'counterpoint', id: freshId(), ...(answers !== undefined && { answers }) };
    }),
  ];
}

function markRules(): InputRule[] {
  return [
    markRule(/(?:^|[^*])(\*\*)([^*\s](?:[^*]*[^*\s])?)(\*\*)$/, schema.marks.bold),
    markRule(/(?:^|[^*\p{L}\d])(\*)([^*\s](?:[^*]*[^*\s])?)(\*)$/u, schema.marks.italic),
    markRule(/(?:^|[^_\p{L}\d])(_)([^_\s](?:[^_]*[^_\s])?)(_)$/u, schema.marks.italic),
    markRule(/(?:^|[^~])(~~)([^~\s](?:[^~]*[^~\s])?)(~~)$/, schema.marks.strike),
    markRule(/(?:^|[^`])(`)([^`]+)(`)$/, schema.marks.code),
    markRule(/(?:^|[^!])(\[)([^[\]]+)(\]\((\S+)\))$/, schema.marks.link),
  ];
}

function heading(signs: number): LineKind {
  if (signs === 4) return { kind: 'heading', level: 4 };
  return { kind: 'heading', level: signs === 3 ? 3 : 2 };
}

type KindOf = (match: RegExpMatchArray, state: EditorState, number: number) => LineKind;

/** Deletes what was typed at the start of a line and makes the line what it says. */
function lineRule(pattern: RegExp, kindOf: KindOf): InputRule {
  return new InputRule(pattern, (state, match, start, end) => {
    const $start = state.doc.resolve(start);
    // What argues or heads is not to be lost to a dash: there, a dash is a dash.
    const { kind } = lineKind($start.parent);
    const plain = kind === 'paragraph' || kind === 'list' || kind === 'quote';
    if (!plain && !(kind === 'heading' && match[0].startsWith('#'))) return null;
    const tr = state.tr.delete(start, end);
    setLineKind(tr, $start.before(), kindOf(match, state, $start.index(0)));
    return tr;
  });
}

/** Groups of `pattern`: the opening sign, the text, the closing signs, and for a link its address. */
function markRule(pattern: RegExp, type: MarkType): InputRule {
  return new InputRule(
    pattern,
    (state, match, start, end) => {
      const [all, opening = '', text = '', closing = '', href] = match;
      // What is typed is not in the document yet; after a composition all of it is.
      const written = end - start;
      if (state.doc.textBetween(start, end, '', '\uFFFC') !== all.slice(0, written)) return null;
      const close = end - (closing.length - (all.length - written));
      const open = close - text.length - opening.length;
      const mark = type === schema.marks.link ? type.create({ href }) : type.create();
      return applyMark(state.tr, { open, opening: opening.length, close, end }, mark);
    },
    { inCodeMark: false },
  );
}

interface Signs {
  open: number;
  opening: number;
  close: number;
  end: number;
}

function applyMark(tr: Transaction, at: Signs, mark: ReturnType<MarkType['create']>): Transaction {
  if (at.end > at.close) tr.delete(at.close, at.end);
  tr.addMark(at.open + at.opening, at.close, mark);
  tr.delete(at.open, at.open + at.opening);
  return tr.removeStoredMark(mark.type);
}
