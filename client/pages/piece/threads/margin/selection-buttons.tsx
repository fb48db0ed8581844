import { MessageSquarePlus, PencilLine } from 'lucide-react';
import { useLayoutEffect, useRef, useState } from 'react';
import type { Field } from '../../../../../shared/document/fields.ts';
import { t } from '../../../../strings/piece.ts';
import { keyName } from '../../writing/key-names.ts';
import { actionOf } from '../../writing/actions.ts';
import { IconButton } from '../../../../ui/button/icon-button.tsx';
import { useEditor } from '../../writing/use-editor.ts';
import { useScene } from '../thread-context.ts';
import styles from './threads-margin.module.css';
import { useDesk } from '../use-desk.ts';

/** Beside a selection: comment on it, or suggest other words. The same is in the toolbar. */
export function SelectionButtons({ beside }: { beside: boolean }) {
  const { desk, fields } = useScene();
  const drafting = useDesk(desk, (state) => state.draft !== null);
  const selected = useEditor<[Field, number] | null>(fields, ({ selection }) =>
    selection.empty || !desk.mayComment ? null : [fields.active.name, selection.head],
  );
  const [name, head] = selected ?? [null, null];
  const place = useRef<HTMLDivElement>(null);
  const [top, setTop] = useState(0);
  useLayoutEffect(() => {
    const around = place.current?.offsetParent;
    const view = name === null ? undefined : fields.named(name)?.view;
    if (head === null || !around || !view || head > view.state.doc.content.size) return;
    const at = view.coordsAtPos(head).top - around.getBoundingClientRect().top;
    setTop(Math.round(at));
  }, [fields, name, head, beside]);
  if (head === null || drafting) return null;
  return (
    <div
      ref={place}
      role="group"
      aria-label={t.threads.onSelection}
      className={beside ? styles['beside'] : styles['below']}
      {...(beside && { style: { transform: `translateY(${top}px)` } })}
    >
      <IconButton
        label={t.threads.comment}
        shortcut={keyName(actionOf('comment').key)}
        icon={<MessageSquarePlus />}
        onMouseDown={(event) => event.preventDefault()}
        onClick={() => desk.begin('comment')}
      />
      <IconButton
        label={t.threads.suggest}
        shortcut={keyName(actionOf('suggest').key)}
        icon={<PencilLine />}
        onMouseDown={(event) => event.preventDefault()}
        onClick={() => desk.begin('suggestion')}
      />
    </div>
  );
}
