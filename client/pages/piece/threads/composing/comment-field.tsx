import {
  useEffect,
  useId,
  useLayoutEffect,
  useRef,
  useState,
  type KeyboardEvent,
  type RefObject,
} from 'react';
import { useMembers } from '../../../../api/members.ts';
import { t } from '../../../../strings/piece.ts';
import { clsx } from '../../../../ui/clsx.ts';
import styles from './comment-field.module.css';

export interface CommentFieldProps {
  label: string;
  pieceId: string;
  value: string;
  onChange: (text: string) => void;
  /** Mod-Enter. */
  onSend: () => void;
  /** Shown over the field; else the label is its placeholder. */
  titled?: boolean;
  /** Offers people behind an "@". */
  mentions?: boolean;
  /** Has the focus from the start, with the caret at the end. */
  focused?: boolean;
}

/** Where a comment is written; "@" offers the people of the piece. */
export function CommentField(props: CommentFieldProps) {
  const { label, pieceId, value, onChange, onSend, titled, mentions = true, focused } = props;
  const id = useId();
  const field = useRef<HTMLTextAreaElement>(null);
  const list = useMentions({ pieceId, value, onChange, field, enabled: mentions });
  useEffect(() => {
    if (!focused || !field.current) return;
    // The passage stays where it is on the screen.
    field.current.focus({ preventScroll: true });
    field.current.setSelectionRange(field.current.value.length, field.current.value.length);
  }, [focused]);
  const pressed = (event: KeyboardEvent<HTMLTextAreaElement>) => {
    if (event.nativeEvent.isComposing || list.pressed(event)) return;
    if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      onSend();
    }
  };
  const open = list.names.length > 0;
  return (
    <div className={styles['place']}>
      {titled && (
        <label htmlFor={id} className={styles['label']}>
          {label}
        </label>
      )}
      <textarea
        id={id}
        ref={field}
        className={styles['field']}
        rows={1}
        value={value}
        {...(!titled && { 'aria-label': label, placeholder: label })}
        {...(open && {
          role: 'combobox',
          'aria-expanded': true,
          'aria-controls': `${id}-list`,
          'aria-activedescendant': `${id}-${list.active}`,
        })}
        onChange={(event) => {
          onChange(event.target.value);
          list.typed(event.target);
        }}
        onBlur={list.close}
        onKeyDown={pressed}
      />
      {open && (
        <ul
          id={`${id}-list`}
          role="listbox"
          aria-label={t.threads.mentions}
          className={styles['list']}
        >
          {list.names.map((name, i) => (
            <li
              key={name}
              id={`${id}-${i}`}
              role="option"
              aria-selected={i === list.active}
              className={clsx(styles['option'], i === list.active && styles['active'])}
              onMouseDown={(event) => {
                event.preventDefault();
                list.take(i);
              }}
            >
              {name}
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}

const most = 6;

/** The people whose names begin with what stands behind an "@" before the caret. */
function useMentions(
  props: Pick<CommentFieldProps, 'pieceId' | 'value' | 'onChange'> & {
    field: RefObject<HTMLTextAreaElement | null>;
    enabled: boolean;
  },
) {
  const { pieceId, value, onChange, field, enabled } = props;
  const { data } = useMembers(pieceId);
  const [at, setAt] = useState<{ from: number; to: number } | null>(null);
  const [active, setActive] = useState(0);
  /** Where the caret goes once the field shows what was taken. */
  const caretTo = useRef<number | null>(null);
  useLayoutEffect(() => {
    if (caretTo.current === null) return;
    field.current?.setSelectionRange(caretTo.current, caretTo.current);
    caretTo.current = null;
  }, [field, value]);
  const query = at === null ? null : value.slice(at.from + 1, at.to).toLowerCase();
  const names =
    query === null
      ? []
      : (data?.items ?? [])
          .map(({ name }) => name)
          .filter((name) => isBegunBy(name.toLowerCase(), query))
          .slice(0, most);
  const close = () => setAt(null);
  const take = (index: number) => {
    const name = names[index];
    if (name === undefined || at === null) return;
    const caret = at.from + name.length + 2;
    onChange(`${value.slice(0, at.from)}@${name} ${value.slice(at.to).replace(/^ /, '')}`);
    close();
    caretTo.current = caret;
  };
  return {
    names,
    active: Math.min(active, Math.max(0, names.length - 1)),
    close,
    take,
    typed: (element: HTMLTextAreaElement) => {
      const caret = element.selectionStart;
      const found = /(?:^|[^\p{L}\p{N}_])@([\p{L}\p{N}_.'’-]*)$/u.exec(
        element.value.slice(0, caret),
      );
      setActive(0);
      setAt(enabled && found ? { from: caret - (found[1] ?? '').length - 1, to: caret } : null);
    },
    pressed: (event: KeyboardEvent): boolean => {
      if (names.length === 0) return false;
      const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
      if (by !== undefined) setActive((active + by + names.length) % names.length);
      else if ((event.key === 'Enter' && !event.ctrlKey && !event.metaKey) || event.key === 'Tab')
        take(active);
      else if (event.key === 'Escape') close();
      else return false;
      event.preventDefault();
      event.stopPropagation();
      return true;
    },
  };
}

/** The whole name, or any part of it. */
function isBegunBy(name: string, query: string): boolean {
  return [name, ...name.split(/\s+/)].some((part) => part.startsWith(query));
}
