import {
  Plugin,
  PluginKey,
  type Command,
  type EditorState,
  type Transaction,
} from 'prosemirror-state';
import type { EditorView } from 'prosemirror-view';
import {
  blockMenu,
  dispatchAlone,
  findItems,
  followRun,
  isRemote,
  runWithout,
  slashQuery,
} from '../../../../editor/index.ts';
import type { MenuItem, TypedRun } from '../../../../editor/index.ts';
import { t } from '../../../../strings/piece.ts';

/** The slash menu while it is open. */
export interface SlashMenu {
  /** What was typed for it, with the slash. */
  readonly from: number;
  readonly to: number;
  readonly items: readonly MenuItem[];
  /** The index of the entry that Enter takes; -1 while nothing is typed behind the slash or chosen. */
  readonly active: number;
}

interface Value {
  readonly menu: SlashMenu | undefined;
  /** Where a menu was closed by Escape: it stays closed as long as that slash stands there. */
  readonly closedAt: number | undefined;
  readonly run: TypedRun | undefined;
}

const key = new PluginKey<Value>('slash-menu');
const items: readonly MenuItem[] = blockMenu(t.piece.blocks);

/** Opens when one types a slash at the start of a line; not where a slash stands already. */
export function slashMenu(): Plugin {
  return new Plugin<Value>({
    key,
    state: {
      init: () => ({ menu: undefined, closedAt: undefined, run: undefined }),
      apply: (tr, value, _old, state) => {
        const meta = tr.getMeta(key) as { active: number } | 'close' | undefined;
        if (meta === 'close') return { ...value, menu: undefined, closedAt: value.menu?.from };
        if (meta && value.menu) return { ...value, menu: { ...value.menu, active: meta.active } };
        if (!tr.docChanged && !tr.selectionSet) return value;
        const closedAt = value.closedAt && tr.mapping.map(value.closedAt);
        const remote = isRemote(tr);
        const run = followRun(value.run, tr, remote);
        const typed = tr.docChanged && !remote;
        const next = { menu: undefined, closedAt, run };
        return typed || value.menu ? { ...next, ...open(state, value, next) } : next;
      },
    },
    props: {
      handleKeyDown: (view, event) => handleKey(view, event),
      handleDOMEvents: {
        blur: (view) => {
          closeSlashMenu(view.state, view.dispatch);
          return false;
        },
      },
    },
  });
}

export function slashMenuOf(state: EditorState): SlashMenu | undefined {
  return key.getState(state)?.menu;
}

/** Does what an entry says, as if nothing had been typed for it. One undo gives back what was. */
export function takeItem(menu: SlashMenu, index: number): Command {
  return (state, dispatch, view) => {
    const item = menu.items[index];
    if (item === undefined) return false;
    const alone = dispatch && ((tr: Transaction) => dispatchAlone(state, dispatch, tr));
    return runWithout(menu, item.command)(state, alone, view);
  };
}

export const closeSlashMenu: Command = (state, dispatch) => {
  if (!slashMenuOf(state)) return false;
  dispatch?.(state.tr.setMeta(key, 'close'));
  return true;
};

function open(
  state: EditorState,
  before: Value,
  { run, closedAt }: Value,
): Pick<Value, 'menu' | 'closedAt'> {
  const query = slashQuery(state);
  // A slash that stood there, or that somebody else has written, is no wish.
  if (!query || !run || run.from > query.from || query.from === closedAt) {
    return { menu: undefined, closedAt };
  }
  const found = findItems(query.query, items);
  if (found.length === 0) return { menu: undefined, closedAt: undefined };
  const chosen = before.menu?.items[before.menu.active];
  const same = found.findIndex((item) => item.id === chosen?.id);
  const active = same < 0 && query.query !== '' ? 0 : same;
  return { menu: { from: query.from, to: query.to, items: found, active }, closedAt: undefined };
}

function handleKey(view: EditorView, event: KeyboardEvent): boolean {
  const menu = slashMenuOf(view.state);
  if (!menu || event.isComposing) return false;
  const { items: shown, active } = menu;
  const move = (by: number) => {
    const from = active < 0 && by < 0 ? 0 : active;
    const next = (from + by + shown.length) % shown.length;
    view.dispatch(view.state.tr.setMeta(key, { active: next }));
    return true;
  };
  switch (event.key) {
    case 'ArrowDown':
      return move(1);
    case 'ArrowUp':
      return move(-1);
    case 'Enter':
    case 'Tab':
      // What was not chosen is not taken: the slash was meant as one.
      return takeItem(menu, active)(view.state, view.dispatch, view);
    case 'Escape':
      return closeSlashMenu(view.state, view.dispatch);
    default:
      return false;
  }
}
