/**
 * Arrays, as Postgres writes and reads them. The driver would ask each new connection which types are
 * arrays, and where that question fails nobody hears of it but the process, which ends (postgres 3.4.9:
 * an unhandled rejection, seen with a pooler that had no connection left).
 */
import type { PostgresType } from 'postgres';

type Read = (text: string) => unknown;
const asText: Read = (text) => text;
const bytes: Read = (text) => Buffer.from(text.slice(2), 'hex');
const date: Read = (text) => new Date(text);

/** By the number that Postgres gives to the type, which is the same everywhere. */
const elements: Readonly<Record<number, Read>> = {
  199: JSON.parse, // json
  1000: (text) => text === 't', // bool
  1001: bytes, // bytea
  1003: asText, // name
  1005: Number, // int2
  1007: Number, // int4
  1009: asText, // text
  1015: asText, // varchar
  1016: Number, // int8
  1021: Number, // float4
  1022: Number, // float8
  1028: Number, // oid
  1115: date, // timestamp
  1182: date, // date
  1185: date, // timestamptz
  2951: asText, // uuid
  3807: JSON.parse, // jsonb
};

/** For the driver's option `types`. */
export const arrayTypes: Readonly<Record<string, PostgresType>> = Object.fromEntries(
  Object.entries(elements).map(([oid, read]) => [
    `array_${oid}`,
    {
      ...{ to: Number(oid), from: [Number(oid)], serialize: writeArray },
      parse: (text: string) => readArray(text, read),
    },
  ]),
);

/** A literal is let through: some are written by hand, for speed. */
function writeArray(value: string | readonly unknown[]): string {
  if (typeof value === 'string') return value;
  return `{${value.map(writeElement).join()}}`;
}

function writeElement(value: unknown): string {
  if (value === null || value === undefined) return 'null';
  if (Array.isArray(value)) return writeArray(value);
  return `"${plain(value).replace(/[\\"]/g, '\\$&')}"`;
}

function plain(value: unknown): string {
  if (value instanceof Date) return value.toISOString();
  if (value instanceof Uint8Array) return `\\x${Buffer.from(value).toString('hex')}`;
  if (typeof value === 'object') return JSON.stringify(value);
  const simple = value as string | number | bigint | boolean;
  return String(simple);
}

/** A brace, a comma, or an element: quoted, with backslashes, or plain. */
const token = /[{},]|"((?:[^"\\]|\\.)*)"|[^{},"]+/gs;

export function readArray(text: string, read: Read): unknown[] {
  const outermost: unknown[] = [];
  const open: unknown[][] = [outermost];
  for (const [found, quoted] of text.slice(text.indexOf('{')).matchAll(token)) {
    const current = open.at(-1) ?? outermost;
    if (found === '{') {
      const inner: unknown[] = [];
      current.push(inner);
      open.push(inner);
    } else if (found === '}') open.pop();
    else if (quoted !== undefined) current.push(read(quoted.replace(/\\(.)/gs, '$1')));
    else if (found !== ',') current.push(found === 'NULL' ? null : read(found));
  }
  return outermost[0] as unknown[];
}
