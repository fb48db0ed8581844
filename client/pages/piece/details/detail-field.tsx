import { useEffect, useRef, useState } from 'react';
import { sameMeta } from '../../../../shared/document/index.ts';
import type { PieceSession } from '../../../collab/index.ts';
import { t } from '../../../strings/details.ts';
import { Field, TextField } from '../../../ui/input/field.tsx';
import { formOf, longest, readTyped, typedOf, type FieldForm } from './field-form.ts';
import { fieldName } from './field-text.ts';
import { setField } from './use-meta.ts';

export interface DetailFieldProps {
  session: PieceSession;
  name: string;
  /** Undefined: there is no such field. */
  value: unknown;
  canEdit: boolean;
}

/** What is typed is put in after a pause, so that a field is not written anew with each letter. */
const pauseMs = 500;

interface Draft {
  typed: string;
  /** What the field was when one began to type. */
  on: unknown;
  form: FieldForm;
}

/** One field, which others may be editing, too: the last who has typed wins. */
export function DetailField({ session, name, value, canEdit }: DetailFieldProps) {
  const { draft, type, finish } = useDraft(session, name, value);
  const form = draft?.form ?? formOf(value, name === 'tags' ? 'list' : 'text');
  const typed = draft?.typed ?? typedOf(value, form);
  const isLong = typed.length > longest;
  const words = t.details;
  const isBad = draft !== null && readTyped(draft.typed, form).isBad === true;
  const isOther = draft !== null && !sameMeta(draft.on, value);
  const props = {
    label: fieldName(name),
    value: isLong ? typed.slice(0, longest) : typed,
    readOnly: !canEdit || isLong,
    dir: 'auto',
    onBlur: finish,
  };
  const hint = isLong
    ? words.tooLong
    : isOther
      ? words.meanwhile(typedOf(value, formOf(value, form)).slice(0, 200))
      : hintOf(name, form);
  if (name === 'excerpt' && form === 'text') {
    const own = hint === undefined ? {} : { hint };
    return <TextField {...props} {...own} onChange={({ target }) => type(target.value, form)} />;
  }
  return (
    <Field
      {...props}
      hint={hint}
      error={isBad ? words.noJson : undefined}
      onChange={({ target }) => type(target.value, form)}
      onKeyDown={({ key }) => key === 'Enter' && finish()}
    />
  );
}

function hintOf(name: string, form: FieldForm): string | undefined {
  if (form === 'list') return t.details.listHint;
  if (form === 'data') return t.details.dataHint;
  return name === 'date' ? t.details.dateHint : undefined;
}

/** What is being typed in a field; null: nothing, it shows what the piece has. */
function useDraft(session: PieceSession, name: string, value: unknown) {
  const [draft, setDraft] = useState<Draft | null>(null);
  const latest = useRef<Draft | null>(null);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const put = () => {
    clearTimeout(timer.current);
    const now = latest.current;
    if (now === null) return;
    const read = readTyped(now.typed, now.form);
    if (read.isBad || sameMeta(read.value, now.on)) return;
    latest.current = { ...now, on: read.value };
    setDraft(latest.current);
    setField(session, name, read.value);
  };
  // One that goes away puts in what was typed.
  const leave = useRef(put);
  useEffect(() => {
    leave.current = put;
  });
  useEffect(() => () => leave.current(), []);
  return {
    draft,
    type: (typed: string, form: FieldForm) => {
      const on = latest.current === null ? value : latest.current.on;
      latest.current = { typed, form, on };
      setDraft(latest.current);
      clearTimeout(timer.current);
      timer.current = setTimeout(put, pauseMs);
    },
    finish: () => {
      put();
      latest.current = null;
      setDraft(null);
    },
  };
}
