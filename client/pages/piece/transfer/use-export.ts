import { useEffect, useState } from 'react';
import { exportMarkdown } from '../../../../shared/markdown/export/export-markdown.ts';
import { exportWithNotes } from '../../../api/transfer.ts';
import { problemText } from '../../../api/problem-text.ts';
import type { PieceSession } from '../../../collab/index.ts';

export interface ExportChoice {
  readonly profile: 'publish' | 'working';
  readonly frontMatter: boolean;
  /** Open threads as CriticMarkup; in the working profile. */
  readonly notes: boolean;
}

/** At most so often, in ms, while others type. */
const everyMs = 300;

/**
 * The piece's Markdown, following the text. It is made here, of the document that is open, so that
 * it is what one sees, also without a connection; only notes come from the server.
 */
export function useExport(
  session: PieceSession,
  pieceId: string,
  { profile, frontMatter, notes }: ExportChoice,
): { text: string | null; problem: string | null } {
  const [said, setSaid] = useState<{ text: string | null; problem: string | null }>(nothing);
  useEffect(() => {
    const ended = new AbortController();
    const { signal } = ended;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const make = async () => {
      timer = undefined;
      try {
        const text = notes
          ? await exportWithNotes(pieceId, signal)
          : exportMarkdown(session.doc, { profile, frontMatter });
        if (!signal.aborted) setSaid({ text, problem: null });
      } catch (error) {
        if (!signal.aborted) setSaid({ text: null, problem: problemText(error) });
      }
    };
    const later = () => {
      timer ??= setTimeout(() => void make(), everyMs);
    };
    void make();
    session.doc.on('update', later);
    return () => {
      ended.abort();
      clearTimeout(timer);
      session.doc.off('update', later);
    };
  }, [session, pieceId, profile, frontMatter, notes]);
  return said;
}

const nothing = { text: null, problem: null };
