import { useState } from 'react';
import { typedAddress } from '../../../../../shared/document/index.ts';
import { commands, linkRange } from '../../../../editor/index.ts';
import { t } from '../../../../strings/piece.ts';
import { Button } from '../../../../ui/button/button.tsx';
import { Dialog } from '../../../../ui/overlay/dialog.tsx';
import { Field } from '../../../../ui/input/field.tsx';
import type { FieldEditor } from '../fields/field-editor.ts';
import type { PieceFields } from '../fields/piece-fields.ts';

/** Asks where the selection leads, in the text that one is in. */
export default function LinkDialog(props: {
  fields: PieceFields;
  open: boolean;
  onClose: () => void;
}) {
  const { fields, open, onClose } = props;
  return (
    <Dialog
      open={open}
      onOpenChange={(stays) => !stays && onClose()}
      title={t.piece.link.title}
      returnFocus={() => fields.active.view.focus()}
    >
      <LinkForm editor={fields.active} onClose={onClose} />
    </Dialog>
  );
}

function LinkForm({ editor, onClose }: { editor: FieldEditor; onClose: () => void }) {
  const words = t.piece.link;
  const range = linkRange(editor.view.state);
  const [href, setHref] = useState(range?.href ?? '');
  const [error, setError] = useState<string>();
  if (!range) return <p>{words.nothing}</p>;
  const put = (address: string) => {
    commands.setLink(address)(editor.view.state, editor.view.dispatch);
    onClose();
  };
  const submit = () => {
    const address = typedAddress(href);
    if (address.href === undefined) setError(words.refused[address.reason]);
    else put(address.href);
  };
  return (
    <form
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
    >
      <Field
        label={words.address}
        type="url"
        value={href}
        error={error}
        placeholder="https://"
        onChange={(event) => {
          setHref(event.target.value);
          setError(undefined);
        }}
      />
      <div style={{ display: 'flex', gap: 'var(--space-2)', marginTop: 'var(--space-4)' }}>
        <Button kind="primary" type="submit">
          {words.put}
        </Button>
        {range.href !== '' && <Button onClick={() => put('')}>{words.remove}</Button>}
      </div>
    </form>
  );
}
