import {
  Bold,
  ChevronDown,
  Code,
  Heading,
  Italic,
  Keyboard,
  Link as LinkIcon,
  List,
  ListOrdered,
  ListTree,
  MessageCircleReply,
  MessageSquarePlus,
  Minus,
  PencilLine,
  Quote,
  Redo2,
  Scale,
  Search,
  Strikethrough,
  Superscript,
  Swords,
  Undo2,
  Waypoints,
  type LucideIcon,
} from 'lucide-react';
import { Toolbar as Radix } from 'radix-ui';
import type { PieceRole } from '../../../../../shared/roles.ts';
import { selectionInfo, type SelectionInfo } from '../../../../editor/index.ts';
import { t } from '../../../../strings/piece.ts';
import { Menu, MenuItem } from '../../../../ui/overlay/menu.tsx';
import { Tooltip } from '../../../../ui/overlay/tooltip.tsx';
import { actionOf, actions, type Action, type ActionId } from '../actions.ts';
import type { PieceFields } from '../fields/piece-fields.ts';
import { keyName } from '../key-names.ts';
import styles from './toolbar.module.css';
import { useEditor } from '../use-editor.ts';

/** What a line can be made into by the list at the toolbar's start. */
const kinds: readonly ActionId[] = [
  'paragraph',
  'heading',
  'subheading',
  'minorHeading',
  'thesis',
  'counterpoint',
  'quote',
  'bullet',
  'ordered',
  'codeBlock',
];

const groups: readonly (readonly (readonly [ActionId, LucideIcon])[])[] = [
  [
    ['thesis', Scale],
    ['counterpoint', Swords],
    ['answer', MessageCircleReply],
    ['answers', Waypoints],
  ],
  [
    ['heading', Heading],
    ['quote', Quote],
    ['bullet', List],
    ['ordered', ListOrdered],
  ],
  [
    ['bold', Bold],
    ['italic', Italic],
    ['strike', Strikethrough],
    ['code', Code],
    ['link', LinkIcon],
  ],
  [
    ['footnote', Superscript],
    ['divider', Minus],
  ],
  [
    ['undo', Undo2],
    ['redo', Redo2],
  ],
];

const always: readonly (readonly [ActionId, LucideIcon])[] = [
  ['outline', ListTree],
  ['find', Search],
  ['help', Keyboard],
];

const commenting: readonly (readonly [ActionId, LucideIcon])[] = [
  ['comment', MessageSquarePlus],
  ['suggest', PencilLine],
];

export interface ToolbarProps {
  fields: PieceFields;
  canEdit: boolean;
  role: PieceRole | null;
  outlineOpen: boolean;
}

/** The bar of everything that can be done to the selection. Arrow keys move within it. */
export function Toolbar({ fields, canEdit, role, outlineOpen }: ToolbarProps) {
  const info = useEditor(fields, selectionInfo);
  const [canUndo, canRedo, inBody] = useEditor(fields, () => {
    const { active, body } = fields;
    const { history } = active;
    return [fields.canUndo, history.canRedo, active === body];
  });
  const possible = ({ id, possible: can, bodyOnly }: Action) => {
    if (bodyOnly && !inBody) return false;
    if (id === 'undo') return canUndo;
    if (id === 'redo') return canRedo;
    return can?.(info) ?? true;
  };
  const button = ([id, Icon]: readonly [ActionId, LucideIcon]) => {
    const action = actionOf(id);
    return (
      <ActionButton
        key={id}
        {...{ action, fields, Icon }}
        possible={possible(action)}
        pressed={id === 'outline' ? outlineOpen : action.active?.(info)}
      />
    );
  };
  return (
    <Radix.Root className={styles['toolbar']} aria-label={t.piece.toolbar}>
      {canEdit && (
        <>
          <KindMenu fields={fields} info={info} />
          {groups.map((group) => (
            <div key={group[0]?.[0]} className={styles['group']}>
              {group.map(button)}
            </div>
          ))}
        </>
      )}
      {role !== null && role !== 'reader' && (
        <div className={styles['group']}>{commenting.map(button)}</div>
      )}
      <div className={styles['group']}>{always.map(button)}</div>
    </Radix.Root>
  );
}

function ActionButton(props: {
  action: Action;
  fields: PieceFields;
  Icon: LucideIcon;
  possible: boolean;
  pressed: boolean | undefined;
}) {
  const { action, fields, Icon, possible, pressed } = props;
  const label = t.piece.actions[action.id];
  return (
    <Tooltip text={label} shortcut={keyName(action.key)}>
      <Radix.Button
        className={styles['button']}
        aria-label={label}
        aria-keyshortcuts={ariaKeys(action.key)}
        // Not `disabled`, which would throw the focus out of the bar.
        aria-disabled={!possible || undefined}
        {...(pressed !== undefined && { 'aria-pressed': pressed })}
        // The text keeps the focus, and its selection stays visible.
        onMouseDown={(event) => event.preventDefault()}
        onClick={() => possible && action.run(fields)}
      >
        <Icon aria-hidden size={18} strokeWidth={1.75} />
      </Radix.Button>
    </Tooltip>
  );
}

function KindMenu({ fields, info }: { fields: PieceFields; info: SelectionInfo }) {
  const current = kinds.map(actionOf).find((action) => action.active?.(info));
  const { line } = info;
  // A raw block is made by the slash menu or by what is brought in; the list turns it into others.
  const other = line?.kind === 'raw' ? t.piece.blocks[line.format] : t.piece.mixedKinds;
  const label = current === undefined ? other : t.piece.actions[current.id];
  return (
    <Menu
      returnFocus={() => fields.active.view.focus()}
      trigger={
        <Radix.Button className={styles['kind']} aria-label={t.piece.kindOfBlock(label)}>
          {label}
          <ChevronDown aria-hidden size={16} />
        </Radix.Button>
      }
    >
      {actions
        .filter(({ id }) => kinds.includes(id))
        .map((action) => (
          <MenuItem
            key={action.id}
            shortcut={keyName(action.key)}
            // One that the lines are already would be taken off by its toggle.
            onSelect={() => action !== current && action.run(fields)}
          >
            {t.piece.actions[action.id]}
          </MenuItem>
        ))}
    </Menu>
  );
}

/** As `aria-keyshortcuts` has it. */
function ariaKeys(key: string): string {
  return keyName(key, false).replace('Ctrl', 'Control');
}
