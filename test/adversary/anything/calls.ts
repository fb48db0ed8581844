/** HTTP calls out of the contract: as it has them, and not quite. */
import fc from 'fast-check';
import { anything, text, valid, type Schema } from './values.ts';

export interface OpenApi {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, Schema>> };
}

interface Operation {
  readonly parameters?: readonly {
    readonly in: string;
    readonly name: string;
    readonly required?: boolean;
    readonly schema: Schema;
  }[];
  readonly requestBody?: {
    readonly content: Readonly<Record<string, { readonly schema: Schema }>>;
  };
}

export const people = [
  ...(['owner', 'writer', 'reviewer', 'reader', 'stranger', 'admin'] as const),
  ...(['nobody', 'impostor'] as const),
];
export type Person = (typeof people)[number];

/** Whose id stands in a path: one that has been seen, by its number, or whatever else. */
export type Id = { readonly of: string; readonly seen: number } | { readonly literal: string };

export interface Call {
  readonly method: string;
  /** As in the contract, with `{names}`. */
  readonly path: string;
  readonly ids: Readonly<Record<string, Id>>;
  readonly query: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | null;
  readonly person: Person;
}

/** Of these one is enough to end what the others have to meet, or they are slow on purpose. */
const leftOut = new Set(['DELETE /api/session']);

export function callsOf(api: OpenApi): fc.Arbitrary<Call> {
  const operations = Object.entries(api.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({
      path,
      method: method.toUpperCase(),
      operation,
    })),
  );
  const known = operations.filter(({ method, path }) => !leftOut.has(`${method} ${path}`));
  return fc.oneof(
    ...known.map(({ method, path, operation }) => ({
      // A piece that is gone has nothing more to say to all the other calls.
      weight: method === 'DELETE' && path === '/api/pieces/{id}' ? 1 : 8,
      arbitrary: callOf(method, path, operation, api),
    })),
  );
}

function callOf(
  method: string,
  path: string,
  { parameters = [], requestBody }: Operation,
  { components }: OpenApi,
): fc.Arbitrary<Call> {
  const refs = components.schemas;
  const inPath = parameters.filter((parameter) => parameter.in === 'path');
  const inQuery = parameters.filter((parameter) => parameter.in === 'query');
  const ids = fc.record(
    Object.fromEntries(inPath.map(({ name }) => [name, idOf(kindOf(path, name))])),
  );
  const schema = requestBody?.content['application/json']?.schema;
  return fc.record({
    method: fc.oneof(
      { weight: 40, arbitrary: fc.constant(method) },
      { weight: 1, arbitrary: fc.constantFrom('GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS') },
    ),
    path: fc.constant(path),
    ids,
    query: queryOf(inQuery, refs),
    body:
      schema === undefined ? fc.constantFrom(null, null, null, '{}', 'x') : bodyOf(schema, refs),
    headers: headersOf,
    person: fc.oneof(
      { weight: 5, arbitrary: fc.constantFrom<Person>('owner', 'writer', 'admin') },
      { weight: 4, arbitrary: fc.constantFrom(...people) },
    ),
  });
}

/** What an id in a path is of: the segment before it names it. */
function kindOf(path: string, name: string): string {
  if (name === 'time') return 'time';
  const before = path
    .slice(0, path.indexOf(`{${name}}`))
    .split('/')
    .at(-2);
  return before === 'members' ? 'users' : (before ?? '');
}

function idOf(kind: string): fc.Arbitrary<Id> {
  const literal = text.map((value) => ({ literal: encode(value) }));
  const seen = fc.nat(1_000).map((n) => ({ of: kind, seen: n }));
  return fc.oneof(
    { weight: 12, arbitrary: seen },
    { weight: 1, arbitrary: fc.uuid().map((value) => ({ literal: value })) },
    { weight: 2, arbitrary: literal },
    {
      weight: 1,
      arbitrary: fc
        .constantFrom('%00', '%ff', '%', '..', 'x'.repeat(3_000))
        .map((value) => ({ literal: value })),
    },
  );
}

function queryOf(
  parameters: NonNullable<Operation['parameters']>,
  refs: Readonly<Record<string, Schema>>,
): fc.Arbitrary<string> {
  const own = parameters.map(({ name, required = false, schema }) => {
    const value = fc.oneof(
      { weight: 5, arbitrary: valid(schema, refs) },
      { weight: 1, arbitrary: text },
    );
    const pair = value.map((chosen) => `${name}=${encode(String(chosen))}`);
    return required
      ? fc.oneof({ weight: 9, arbitrary: pair }, { weight: 1, arbitrary: fc.constant('') })
      : fc.oneof(pair, fc.constant(''), fc.constant(''));
  });
  const known = fc.tuple(...own).map((pairs) => pairs.filter((pair) => pair !== '').join('&'));
  return fc.oneof(
    { weight: 12, arbitrary: known },
    {
      weight: 1,
      arbitrary: fc.tuple(known, text).map(([query, more]) => `${query}&${encode(more)}=1`),
    },
    { weight: 1, arbitrary: fc.tuple(known, known).map((twice) => twice.join('&')) },
    { weight: 1, arbitrary: fc.integer({ min: 1, max: 600 }).map((n) => 'a=1&'.repeat(n)) },
    {
      weight: 1,
      arbitrary: fc.constantFrom('%', '=', '&&&', 'limit=%00', 'cursor=AAAA', '__proto__=1'),
    },
  );
}

function bodyOf(schema: Schema, refs: Readonly<Record<string, Schema>>): fc.Arbitrary<string> {
  const right = valid(schema, refs);
  const whole = right.map((value) => JSON.stringify(value));
  return fc.oneof(
    { weight: 12, arbitrary: whole },
    // One of its fields is something else, or there is one more.
    {
      weight: 4,
      arbitrary: fc
        .tuple(right, fc.nat(20), anything)
        .map(([value, at, other]) => JSON.stringify(withOther(value, at, other))),
    },
    { weight: 2, arbitrary: anything.map((value) => JSON.stringify(value)) },
    {
      weight: 2,
      arbitrary: fc.tuple(whole, fc.nat(100)).map(([json, at]) => json.slice(0, at)),
    },
    { weight: 1, arbitrary: fc.integer({ min: 100, max: 100_000 }).map((n) => '['.repeat(n)) },
    {
      weight: 1,
      arbitrary: fc.constantFrom(
        '\ufeff{}',
        '{"a":1,"a":2}',
        'null',
        '"',
        '{"__proto__":{}}',
        '01',
      ),
    },
  );
}

function withOther(value: unknown, at: number, other: unknown): unknown {
  if (typeof value !== 'object' || value === null) return other;
  const names = [...Object.keys(value), 'more'];
  return { ...value, [names[at % names.length]!]: other };
}

const json = { 'content-type': 'application/json' };

const headersOf: fc.Arbitrary<Readonly<Record<string, string>>> = fc.oneof(
  { weight: 16, arbitrary: fc.constant(json) },
  {
    weight: 2,
    arbitrary: fc
      .constantFrom(
        '',
        'text/plain',
        'application/json; charset=utf-16',
        'multipart/form-data',
        'a/b/c',
      )
      .map((type) => ({ 'content-type': type })),
  },
  {
    weight: 2,
    arbitrary: fc
      .constantFrom('*', '"x"', 'W/"0"', '"', '', '"AAAA", "BBBB"')
      .map((match) => ({ ...json, 'if-match': match, 'if-none-match': match })),
  },
  {
    weight: 1,
    arbitrary: fc
      .constantFrom('counterpoint=x', 'a=%', '=;=;', `session=${'y'.repeat(2_000)}`)
      .map((cookie) => ({ ...json, cookie })),
  },
  {
    weight: 1,
    arbitrary: fc
      .constantFrom('null', 'https://elsewhere.example', 'x')
      .map((origin) => ({ ...json, origin, 'x-forwarded-for': '1.2.3.4', accept: '*/*;q=x' })),
  },
);

/** For an address, whatever it is: `encodeURIComponent` refuses lone surrogates. */
function encode(value: string): string {
  return encodeURIComponent(Buffer.from(value).toString());
}
