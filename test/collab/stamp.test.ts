import { expect, test } from 'vitest';
import { BadFrame } from '../../shared/protocol/messages.ts';
import { parsed, stamp, type Stamped } from '../../server/collab/presence/stamp.ts';
import { runSeed, seeded, type Random } from '../support/random.ts';
import { rounds } from '../support/test-length.ts';

const person = { id: 'u1', name: 'Zoë "Z" Ål', color: '#30bced' };
const by: Stamped = { person, role: 'writer' };
const bytes = (text: string) => new TextEncoder().encode(text);

const keys = ['user', 'cursor', 'usér', 'use', 'users', 'User', '__proto__', '7', '', 'a"b', '\n'];
const strings = [
  '',
  'user',
  'plain',
  'Zoë',
  '🙂',
  'with "quotes"',
  'back\\slash',
  '\u0000',
  '}',
  '{"user":1}',
];

function anyValue(random: Random, depth: number): unknown {
  const kind = random.int(depth > 3 ? 5 : 8);
  if (kind === 0) return random.pick([0, -0.5, 12, 1.25, 2 ** 53, 1e21, 5e-7, -3]);
  if (kind <= 2) return random.pick(strings);
  if (kind === 3) return random.pick([true, false, null]);
  if (kind === 4) return random.pick([{}, []]);
  if (kind === 5) return Array.from({ length: random.int(4) }, () => anyValue(random, depth + 1));
  return anyObject(random, depth + 1);
}

function anyObject(random: Random, depth: number): object {
  const entries = Array.from({ length: random.int(5) }, () => [
    random.pick(keys),
    anyValue(random, depth),
  ]);
  return Object.fromEntries(entries) as object;
}

test('P2 a state is stamped the short way just as by parsing it and writing it again', () => {
  const seed = runSeed();
  const random = seeded(seed);
  for (let round = 0; round < rounds(2_000); round++) {
    const state = random.int(5) === 0 ? anyValue(random, 0) : anyObject(random, 0);
    const text = JSON.stringify(state);
    expect(stamp(by, bytes(text)), `SEED=${seed} ${text}`).toBe(parsed(by, text));
  }
});

test('P2 what is said around and twice, and what is no JSON, comes to the same', () => {
  const seed = runSeed();
  const random = seeded(seed);
  const outcome = (act: () => string): unknown => {
    try {
      return JSON.parse(act());
    } catch (err) {
      return err instanceof BadFrame ? 'bad' : err;
    }
  };
  const extra = [
    ' ',
    ',',
    '"',
    '{',
    '}',
    '[',
    ']',
    ':',
    '\\',
    '\\u0075',
    '0',
    '1e5',
    '-',
    '.',
    '\t',
  ];
  extra.push('"user":1,', ',"user":{}', '"us\\u0065r":2,', 'null', 'true', 'é', '\u0001');
  let good = 0;
  for (let round = 0; round < rounds(4_000); round++) {
    let text = JSON.stringify(anyObject(random, 0));
    for (let faults = random.int(3); faults > 0; faults--) {
      const at = random.int(text.length + 1);
      text = text.slice(0, at) + random.pick(extra) + text.slice(at + random.int(2));
    }
    const state = bytes(text);
    const told = outcome(() => stamp(by, state));
    if (told !== 'bad') good++;
    const read = new TextDecoder().decode(state);
    expect(told, `SEED=${seed} ${text}`).toEqual(outcome(() => parsed(by, read)));
  }
  expect(good).toBeGreaterThan(rounds(400));
});

test('P2 a stamp says who is known now: a name or a role that has changed', () => {
  const state = bytes('{"user":{"name":"somebody else é"},"cursor":{"anchor":1}}');
  const user = (stamped: string) => (JSON.parse(stamped) as { user: unknown }).user;
  expect(user(stamp(by, state))).toEqual({ ...person, role: 'writer' });
  expect(user(stamp({ ...by, role: 'reader' }, state))).toEqual({ ...person, role: 'reader' });
  const renamed = { ...by, person: { ...person, name: 'Ann' } };
  expect(user(stamp(renamed, state))).toEqual({ ...person, name: 'Ann', role: 'writer' });
  expect(user(stamp(by, state))).toEqual({ ...person, role: 'writer' });
});

test('P2 bytes that are no letters count for nothing where the server puts the person', () => {
  const state = Buffer.concat([bytes('{"user":"'), Buffer.of(0xff, 0xc3), bytes('","at":3}')]);
  expect(JSON.parse(stamp(by, state))).toEqual({ user: { ...person, role: 'writer' }, at: 3 });
  const long = `{"at":${'9'.repeat(400)}}`;
  expect(stamp(by, bytes(long)), 'more than a number holds').toBe(parsed(by, long));
  const nested = `{"at":${'['.repeat(40)}${']'.repeat(40)}}`;
  expect(stamp(by, bytes(nested))).toBe(parsed(by, nested));
});
