import { sharedTypes } from '../../../../shared/document/index.ts';
import type { PieceSession } from '../../../collab/index.ts';
import { t } from '../../../strings/piece.ts';

/** Lets the browser save a text as a file. */
export function offerDownload(text: string, name: string, type = 'text/plain'): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob([text], { type: `${type};charset=utf-8` }));
  link.download = name;
  link.click();
  URL.revokeObjectURL(link.href);
}

/** The title as the name of a file, without an ending. */
export function fileNameOf(session: PieceSession): string {
  const title = session.doc.getText(sharedTypes.title).toJSON();
  const name = title
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 80);
  return name === '' ? t.transfer.untitledFile : name;
}
