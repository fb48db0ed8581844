import { Plugin, PluginKey, type Command, type EditorState } from 'prosemirror-state';
import type { EditorView } from 'prosemirror-view';
import { blockMenu, findItems, isRemote, runWithout, slashQuery } from '../../../editor/index.ts';
import type { MenuItem } from '../../../editor/index.ts';
import { t } from '../../../strings/piece.ts';

/** The slash menu while it is open. */
export interface SlashMenu {
  /** What was typed for it, with the slash. */
  readonly from: number;
  readonly to: number;
  readonly items: readonly MenuItem[];
  /** The index of the entry that Enter takes. */
  readonly active: number;
}

interface Value {
  readonly menu: SlashMenu | undefined;
  /** Where a menu was closed by Escape: it stays closed as long as that slash stands there. */
  readonly closedAt: number | undefined;
}

const key = new PluginKey<Value>('slash-menu');
const closed: Value = { menu: undefined, closedAt: undefined };
const items: readonly MenuItem[] = blockMenu(t.piece.blocks);

/** Opens when one types a slash; not where a slash stands already. */
export function slashMenu(): Plugin {
  return new Plugin<Value>({
    key,
    state: {
      init: () => closed,
      apply: (tr, value, _old, state) => {
        const meta = tr.getMeta(key) as { active: number } | 'close' | undefined;
        if (meta === 'close') return { menu: undefined, closedAt: value.menu?.from };
        if (meta && value.menu) return { ...value, menu: { ...value.menu, active: meta.active } };
        if (!tr.docChanged && !tr.selectionSet) return value;
        const closedAt = value.closedAt && tr.mapping.map(value.closedAt);
        const typed = tr.docChanged && !isRemote(tr);
        if (!typed && !value.menu) return { menu: undefined, closedAt };
        return open(state, value, closedAt);
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

/** Does what an entry says, as if nothing had been typed for it. */
export function takeItem(menu: SlashMenu, index: number): Command {
  return (state, dispatch, view) => {
    const item = menu.items[index];
    return item !== undefined && runWithout(menu, item.command)(state, dispatch, view);
  };
}

export const closeSlashMenu: Command = (state, dispatch) => {
  if (!slashMenuOf(state)) return false;
  dispatch?.(state.tr.setMeta(key, 'close'));
  return true;
};

function open(state: EditorState, before: Value, closedAt: number | undefined): Value {
  const query = slashQuery(state);
  if (!query || query.from === closedAt) return { menu: undefined, closedAt };
  const found = findItems(query.query, items);
  if (found.length === 0) return { menu: undefined, closedAt: undefined };
  const chosen = before.menu?.items[before.menu.active];
  const active = Math.max(
    0,
    found.findIndex((item) => item.id === chosen?.id),
  );
  return { menu: { from: query.from, to: query.to, items: found, active }, closedAt: undefined };
}

function handleKey(view: EditorView, event: KeyboardEvent): boolean {
  const menu = slashMenuOf(view.state);
  if (!menu || event.isComposing) return false;
  const { items: shown, active } = menu;
  const move = (by: number) => {
    const next = (active + by + shown.length) % shown.length;
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
      return takeItem(menu, active)(view.state, view.dispatch, view);
    case 'Escape':
      return closeSlashMenu(view.state, view.dispatch);
    default:
      return false;
  }
}
