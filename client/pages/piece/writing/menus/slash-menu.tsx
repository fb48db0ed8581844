import { useEffect, useState } from 'react';
import { t } from '../../../../strings/piece.ts';
import { clsx } from '../../../../ui/clsx.ts';
import type { BodyEditor } from '../editor/body-editor.ts';
import { keyName } from '../key-names.ts';
import { slashMenuOf, takeItem } from './slash-plugin.ts';
import styles from './slash-menu.module.css';
import { useEditor } from '../use-editor.ts';

const menuId = 'slash-menu';
const optionId = (id: string) => `${menuId}-${id}`;

/** The list that opens behind a slash. The focus stays in the text; screen readers are told. */
export function SlashMenu({ editor }: { editor: BodyEditor }) {
  const menu = useEditor(editor, (state) => {
    const open = slashMenuOf(state);
    return open && { at: open.from, active: open.active, ids: open.items.map(({ id }) => id) };
  });
  const place =
    menu && editor.view.coordsAtPos(Math.min(menu.at, editor.view.state.doc.content.size));
  const [height, setHeight] = useState(0);
  const activeId = menu?.ids[menu.active];
  useEffect(() => {
    const { dom } = editor.view;
    if (activeId === undefined) return;
    dom.setAttribute('aria-controls', menuId);
    dom.setAttribute('aria-activedescendant', optionId(activeId));
    document.getElementById(optionId(activeId))?.scrollIntoView({ block: 'nearest' });
    return () => {
      dom.removeAttribute('aria-controls');
      dom.removeAttribute('aria-activedescendant');
    };
  }, [editor, activeId]);
  const open = slashMenuOf(editor.shown);
  if (!menu || !place || !open) return null;
  const below = place.bottom + height + 16 < window.innerHeight;
  return (
    <ul
      id={menuId}
      ref={(list) => {
        if (list) setHeight(list.offsetHeight);
      }}
      role="listbox"
      aria-label={t.piece.slashMenu}
      className={styles['menu']}
      style={{
        left: Math.max(8, Math.min(place.left, window.innerWidth - 280)),
        top: below ? place.bottom + 6 : Math.max(8, place.top - height - 6),
      }}
    >
      {open.items.map((item, index) => (
        <li
          key={item.id}
          id={optionId(item.id)}
          role="option"
          aria-selected={index === open.active}
          className={clsx(styles['item'], index === open.active && styles['active'])}
          onMouseDown={(event) => {
            event.preventDefault();
            editor.run(takeItem(open, index));
          }}
        >
          <span>{item.label}</span>
          <kbd className={styles['hint']}>{item.typing ?? (item.key && keyName(item.key))}</kbd>
        </li>
      ))}
    </ul>
  );
}
