/** Values out of JSON schemas, and what stands in their place. */
import fc from 'fast-check';

/** As much of JSON Schema as the contract uses. */
export interface Schema {
  readonly type?: string | readonly string[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly allOf?: readonly Schema[];
  readonly $ref?: string;
  readonly format?: string;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly maxItems?: number;
  readonly items?: Schema;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: Schema | boolean;
}

/** The words of the pieces, so that quotes are found; few, so that they are found more than once. */
export const words = ['night', 'buses', 'pay', 'for', 'themselves', 'the council', 'Ünïcödé', '—'];

/** What has broken programs before. */
const nasty = [
  ...['', ' ', '\0', '\ud800', '\udc00x', '\u202e', '\ufeff', 'a\r\nb', '﷽', 'e\u0301', '👩‍👩‍👧'],
  ...['__proto__', 'constructor', 'toString', 'null', 'undefined', 'NaN', '-0', '1e999', '٣'],
  ...["' or 1=1 --", '%', '_', '\\', '%00', '%ff', '../../etc/passwd', '<script>', '{{7*7}}'],
  ...['2024-02-30T25:61:61Z', '-271821-04-20T00:00:00Z', '+275760-09-13T00:00:00.001Z', 'now'],
  ...['* * * * *', '# a\n\n:::thesis{#x}\nb\n:::', '[^1]\n\n[^1]: n', '---\ntitle: [\n---\n'],
  ...['>'.repeat(300), '['.repeat(300), '* '.repeat(300), '{++a++}{>>b<<}', '\n'.repeat(50)],
];

export const text: fc.Arbitrary<string> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.array(fc.constantFrom(...words), { maxLength: 6 }).map((some) => some.join(' ')),
  },
  { weight: 2, arbitrary: fc.string({ unit: 'binary', maxLength: 30 }) },
  { weight: 2, arbitrary: fc.constantFrom(...nasty) },
  { weight: 1, arbitrary: fc.string({ unit: 'grapheme', maxLength: 60 }) },
);

const times = fc.oneof(
  fc.date({ noInvalidDate: true }).map((date) => date.toISOString()),
  fc.integer({ min: -1_000, max: 60_000 }).map((ago) => new Date(Date.now() - ago).toISOString()),
);

/** A value that the schema takes, as far as it is told by a schema. */
export function valid(
  schema: Schema,
  refs: Readonly<Record<string, Schema>>,
): fc.Arbitrary<unknown> {
  const { $ref, anyOf, oneOf, allOf } = schema;
  if ($ref !== undefined) return valid(refs[$ref.replace(/.*\//, '')] ?? {}, refs);
  if (schema.const !== undefined) return fc.constant(schema.const);
  if (schema.enum !== undefined) return fc.constantFrom(...schema.enum);
  const some = anyOf ?? oneOf;
  if (some !== undefined) return fc.oneof(...some.map((one) => valid(one, refs)));
  if (allOf !== undefined) return valid(Object.assign({}, ...allOf) as Schema, refs);
  const type = typeof schema.type === 'object' ? schema.type[0] : schema.type;
  switch (type) {
    case undefined:
      return fc.oneof(text, anything);
    case 'object':
      return objectOf(schema, refs);
    case 'array':
      return fc.array(valid(schema.items ?? {}, refs), {
        maxLength: Math.min(schema.maxItems ?? 8, 8),
      });
    case 'integer':
      return fc.integer({
        min: Math.max(schema.minimum ?? -5, -1e9),
        max: Math.min(schema.maximum ?? 500, 500),
      });
    case 'number':
      return fc.double();
    case 'boolean':
      return fc.boolean();
    case 'null':
      return fc.constant(null);
    case 'string':
      return stringOf(schema);
    default:
      throw new Error(`the contract has values of type ${type}, which are not made here`);
  }
}

function stringOf({ format, minLength = 0, maxLength = 60 }: Schema): fc.Arbitrary<string> {
  if (format === 'uuid') return fc.uuid();
  if (format === 'date-time') return times;
  if (format === 'email') return fc.emailAddress();
  return text.map((value) => value.slice(0, maxLength).padEnd(minLength, 'x'));
}

function objectOf(schema: Schema, refs: Readonly<Record<string, Schema>>): fc.Arbitrary<unknown> {
  const { properties = {}, required = [] } = schema;
  const fields = Object.entries(properties).map(([name, own]) => [name, valid(own, refs)] as const);
  return fc.record(Object.fromEntries(fields), { requiredKeys: [...required] });
}

/** Something else than was asked for: any JSON, too deep, too long, too many. */
export const anything: fc.Arbitrary<unknown> = fc.oneof(
  { weight: 6, arbitrary: fc.jsonValue({ maxDepth: 3 }) },
  { weight: 3, arbitrary: text },
  { weight: 2, arbitrary: fc.constantFrom(null, -1, 2 ** 53, 1e308, true, [], {}, '', [[]]) },
  { weight: 1, arbitrary: fc.integer({ min: 1, max: 3_000 }).map(deep) },
  { weight: 1, arbitrary: fc.integer({ min: 1, max: 20_000 }).map((n) => 'x '.repeat(n)) },
  { weight: 1, arbitrary: fc.integer({ min: 1, max: 2_000 }).map(many) },
);

function deep(depth: number): unknown {
  let value: unknown = 0;
  for (let n = 0; n < depth; n++) value = n % 2 === 0 ? [value] : { a: value };
  return value;
}

function many(count: number): unknown {
  return Object.fromEntries(Array.from({ length: count }, (_, n) => [`k${n}`, n]));
}
