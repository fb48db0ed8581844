import { useState, type FormEvent } from 'react';
import { isMetaName, stringsField, type Meta } from '../../../../shared/document/index.ts';
import type { PieceSession } from '../../../collab/index.ts';
import { t } from '../../../strings/details.ts';
import { Button } from '../../../ui/button/button.tsx';
import { Field } from '../../../ui/input/field.tsx';
import { setField } from './use-meta.ts';
import styles from './details.module.css';

/** A field of one's own, for what a CMS knows and this app does not. */
export function AddField({ session, meta }: { session: PieceSession; meta: Meta }) {
  const [name, setName] = useState('');
  const [value, setValue] = useState('');
  const words = t.details;
  const key = name.trim();
  const isOfText = key !== '' && (!isMetaName(key) || key === stringsField);
  const error = isOfText ? words.ofText : Object.hasOwn(meta, key) ? words.taken : undefined;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (key === '' || value === '' || error !== undefined) return;
    setField(session, key, value);
    setName('');
    setValue('');
  };
  return (
    <form className={styles['add']} onSubmit={submit} aria-label={words.add}>
      <Field
        label={words.addName}
        value={name}
        maxLength={200}
        error={error}
        onChange={({ target }) => setName(target.value)}
      />
      <Field
        label={words.addValue}
        value={value}
        dir="auto"
        onChange={({ target }) => setValue(target.value)}
      />
      <Button type="submit" disabled={key === '' || value === '' || error !== undefined}>
        {words.addButton}
      </Button>
    </form>
  );
}
