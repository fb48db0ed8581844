/**
 * What every connection is set to, whatever its role, database or server is set to: what our statements
 * and the driver's parsers count on. `default_transaction_read_only` is not among it: whoever sets that
 * wants nothing to be written.
 */
const always = {
  DateStyle: 'ISO, MDY',
  TimeZone: 'UTC',
  client_encoding: 'UTF8',
  standard_conforming_strings: 'on',
} as const;

const more = {
  IntervalStyle: 'postgres',
  bytea_output: 'hex',
  extra_float_digits: '1',
  default_transaction_isolation: 'read committed',
  default_transaction_deferrable: 'off',
  transform_null_equals: 'off',
  array_nulls: 'on',
  backslash_quote: 'safe_encoding',
  quote_all_identifiers: 'off',
  row_security: 'on',
  check_function_bodies: 'on',
  // What is called saved has to outlive the machine (D2).
  synchronous_commit: 'on',
  xmloption: 'content',
  lock_timeout: '0',
  idle_session_timeout: '0',
  // Statements of a few ms, with plans of many branches: compiling them takes longer than running them.
  jit: 'off',
} as const;

/** In ms; 0: no end. */
export interface Timeouts {
  readonly statement: number;
  readonly idleInTransaction: number;
}

const timeouts = ({ statement, idleInTransaction }: Timeouts) => ({
  statement_timeout: String(statement),
  idle_in_transaction_session_timeout: String(idleInTransaction),
});

/** For the first message of a connection that is ours alone. */
export function startupSettings(given: Timeouts): Record<string, string> {
  return { ...always, ...more, ...timeouts(given) };
}

/** What a pooler takes in the first message, and sets wherever it lends a connection. */
export function pooledStartupSettings(): Record<string, string> {
  return { ...always };
}

/** For the start of each transaction on a connection that is lent by a pooler. */
export function transactionSettings(given: Timeouts, options: string): string {
  const { settings } = readOptions(options);
  const all = { ...settings, ...more, ...timeouts(given) };
  return Object.entries(all)
    .map(([name, value]) => `set local ${quoteName(name)} = ${asValue(name, value)}`)
    .join('; ');
}

/** A list of names, which must not be quoted as one, or a text. */
function asValue(name: string, value: string): string {
  if (name.toLowerCase() === 'search_path') return value;
  return `'${value.replaceAll("'", "''")}'`;
}

const quoteName = (name: string) =>
  name
    .split('.')
    .map((part) => `"${part.replaceAll('"', '""')}"`)
    .join('.');

/**
 * Reads what libpq calls `options`: `-c name=value`, `--name=value`, blanks and backslashes after a
 * backslash. `others`: words that are no settings, which proxies of providers read.
 */
export function readOptions(options: string) {
  const words = [...options.matchAll(/(?:\\.|[^\s\\])+/gs)].map(([word]) =>
    word.replace(/\\(.)/gs, '$1'),
  );
  const settings: Record<string, string> = {};
  const others: string[] = [];
  for (let at = 0; at < words.length; at += 1) {
    const word = words[at] ?? '';
    const text = word === '-c' ? (words[(at += 1)] ?? '') : word.replace(/^(-c|--)(?=.)/, '');
    const [, name, value] = /^([\w.-]+)=(.*)$/s.exec(text) ?? [];
    const isSetting = word === '-c' || /^(-c|--)./.test(word);
    if (!isSetting || name === undefined) others.push(word);
    else settings[word.startsWith('--') ? name.replaceAll('-', '_') : name] = value ?? '';
  }
  return { settings, others };
}

/** One more setting, in the form of `options`. */
export function withOption(options: string, name: string, value: string): string {
  const escaped = value.replace(/[\s\\]/g, '\\$&');
  return `${options === '' ? '' : `${options} `}-c ${name}=${escaped}`;
}
