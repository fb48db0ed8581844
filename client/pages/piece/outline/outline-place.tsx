import { X } from 'lucide-react';
import { Suspense } from 'react';
import { t } from '../../../strings/piece.ts';
import { IconButton } from '../../../ui/button/icon-button.tsx';
import { Dialog } from '../../../ui/overlay/dialog.tsx';
import { lazyPart } from '../../../ui/loading/lazy-part.tsx';
import type { BodyEditor } from '../writing/editor/body-editor.ts';
import styles from './outline-place.module.css';

const OutlinePanel = lazyPart(async () => ({
  default: (await import('./outline-panel.tsx')).OutlinePanel,
}));

export interface OutlinePlaceProps {
  editor: BodyEditor;
  canEdit: boolean;
  open: boolean;
  /** Beside the text; else over it. */
  beside: boolean;
  onClose: () => void;
}

const staysOpen = () => undefined;

/** The outline: beside the text where there is room, else over it. */
export function OutlinePlace({ editor, canEdit, open, beside, onClose }: OutlinePlaceProps) {
  const words = t.piece.outline;
  const panel = (onChosen: () => void) => (
    <Suspense>
      <OutlinePanel {...{ editor, canEdit, onChosen }} />
    </Suspense>
  );
  if (!beside) {
    return (
      <Dialog
        open={open}
        onOpenChange={(stays) => !stays && onClose()}
        title={words.title}
        returnFocus={() => editor.view.focus()}
      >
        {panel(onClose)}
      </Dialog>
    );
  }
  if (!open) return null;
  return (
    <nav className={styles['place']} aria-label={words.title}>
      <div className={styles['head']}>
        <h2 className={styles['title']}>{words.short}</h2>
        <IconButton label={words.close} icon={<X />} onClick={onClose} />
      </div>
      {panel(staysOpen)}
    </nav>
  );
}
