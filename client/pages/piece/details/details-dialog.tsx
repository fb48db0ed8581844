import { metaFields, stringsField } from '../../../../shared/document/index.ts';
import type { PieceSession } from '../../../collab/index.ts';
import { t } from '../../../strings/details.ts';
import { Dialog } from '../../../ui/overlay/dialog.tsx';
import { AddField } from './add-field.tsx';
import { DetailField } from './detail-field.tsx';
import styles from './details.module.css';
import { isKnown } from './field-text.ts';
import { useMeta } from './use-meta.ts';

export interface DetailsDialogProps {
  session: PieceSession;
  canEdit: boolean;
  open: boolean;
  onClose: () => void;
}

/** What is told of a piece beside its text: all who write edit it at once, all others read it. */
export default function DetailsDialog({ open, onClose, ...fields }: DetailsDialogProps) {
  return (
    <Dialog open={open} onOpenChange={(stays) => !stays && onClose()} title={t.piece.details}>
      <Fields {...fields} />
    </Dialog>
  );
}

function Fields({ session, canEdit }: Pick<DetailsDialogProps, 'session' | 'canEdit'>) {
  const meta = useMeta(session);
  const words = t.details;
  const others = Object.keys(meta).filter((name) => !isKnown(name) && name !== stringsField);
  const field = (name: string) => (
    <DetailField key={name} {...{ session, name, canEdit }} value={valueOf(meta, name)} />
  );
  return (
    <div className={styles['fields']}>
      <p className={styles['about']}>{words.about}</p>
      {metaFields.map(field)}
      {(others.length > 0 || canEdit) && (
        <fieldset className={styles['others']}>
          <legend>{words.others}</legend>
          {others.length > 0 && <p className={styles['about']}>{words.otherHint}</p>}
          {others.map(field)}
          {canEdit && <AddField {...{ session, meta }} />}
        </fieldset>
      )}
    </div>
  );
}

/** A field may have the name of something that every object has. */
function valueOf(meta: Readonly<Record<string, unknown>>, name: string): unknown {
  return Object.hasOwn(meta, name) ? meta[name] : undefined;
}
