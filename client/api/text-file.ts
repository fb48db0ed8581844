import type { TransferWarning } from './transfer.ts';

export interface TextFile {
  readonly content: string;
  /** What has to be said of how its bytes were read. */
  readonly warnings: readonly TransferWarning[];
}

/** The text of a file, whatever it is encoded in. */
export async function readTextFile(file: Blob): Promise<TextFile> {
  const [{ decodeText }, bytes] = await Promise.all([
    import('../../shared/text-import/decode.ts'),
    file.arrayBuffer(),
  ]);
  const { text, warnings } = decodeText(new Uint8Array(bytes));
  return { content: text, warnings };
}
