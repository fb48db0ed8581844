/** What a check has found, in one line; what is not ok says how to mend it. */
export interface Finding {
  readonly level: 'ok' | 'warning' | 'problem';
  readonly line: string;
}

export const ok = (line: string): Finding => ({ level: 'ok', line });
export const warning = (line: string): Finding => ({ level: 'warning', line });
export const problem = (line: string): Finding => ({ level: 'problem', line });

/** The reason of an error, in one line. */
export function reasonOf(error: unknown): string {
  const { code, message, cause } = error as NodeJS.ErrnoException & { cause?: unknown };
  if (cause instanceof Error) return reasonOf(cause);
  return (message || (code ?? String(error))).split('\n', 1)[0] ?? '';
}

export function mib(bytes: number): string {
  return `${Math.round(bytes / 1024 / 1024)} MiB`;
}
