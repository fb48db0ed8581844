import type { Log } from '../../server/collab/ports.ts';

export interface RecordedLine {
  readonly level: keyof Log;
  readonly fields: object;
  readonly message: string;
}

/** A log that says nothing and keeps everything, for tests that ask what an operator would see. */
export function recordingLog(): Log & { readonly lines: readonly RecordedLine[] } {
  const lines: RecordedLine[] = [];
  const at = (level: keyof Log) => (fields: object, message: string) => {
    lines.push({ level, fields, message });
  };
  return { lines, debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') };
}

const nothing = () => undefined;
export const silentLog: Log = { debug: nothing, info: nothing, warn: nothing, error: nothing };
