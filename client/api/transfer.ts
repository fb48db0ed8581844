import { useMutation } from '@tanstack/react-query';
import { call, callText } from './http.ts';

export interface TransferWarning {
  line: number;
  what: string;
  message: string;
}

/** The working text with the open threads in it, which only the server has all of. */
export function exportWithNotes(pieceId: string, signal: AbortSignal): Promise<string> {
  const query = { profile: 'working', notes: true };
  return callText(`/pieces/${pieceId}/export`, { query, signal });
}

/** What readers see as a page with one article, which the server makes: it sanitises raw HTML. */
export function exportHtml(pieceId: string): Promise<string> {
  return callText(`/pieces/${pieceId}/export`, { query: { format: 'html' } });
}

/** Replaces a piece's text by one from outside, as the smallest edit of what is there. */
export function useReplaceContent(pieceId: string) {
  return useMutation({
    mutationFn: (body: { content: string; format: 'markdown' | 'text' }) =>
      call<{ warnings: TransferWarning[] }>('PUT', `/pieces/${pieceId}/content`, {
        body,
        // What was shown is what is there now: the preview stands beside the live text.
        headers: { 'if-match': '*' },
      }),
  });
}
