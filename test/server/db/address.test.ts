import os from 'node:os';
import { expect, test } from 'vitest';
import { placeOf, readAddress, withParameters } from '../../../server/db/address/parse.ts';
import { tlsOptions } from '../../../server/db/address/tls-settings.ts';
import { readOptions, withOption } from '../../../server/db/pooler/session-settings.ts';

const read = (url: string) => {
  const result = readAddress(url);
  if (!result.ok) throw new Error(result.problems.join('; '));
  return result.address;
};
const problems = (url: string) => {
  const result = readAddress(url);
  return result.ok ? '' : result.problems.join('; it ');
};
const me = os.userInfo().username;

test.for([
  ['postgres://u:p@h/d', { user: 'u', password: 'p', database: 'd' }],
  ['postgresql://u:p@h:99/d', { hosts: [{ name: 'h', address: null, port: 99 }] }],
  [
    'postgres://u%40x:p%3A%2F%3F%23%40%25@h/d%20e',
    { user: 'u@x', password: 'p:/?#@%', database: 'd e' },
  ],
  ['postgres://u:a:b?c#d@h/d', { user: 'u', password: 'a:b?c#d' }],
  ['postgres://h', { user: me, password: '', database: me }],
  ['postgres://u@h', { user: 'u', database: 'u' }],
  ['postgres://', { hosts: [{ name: 'localhost', address: null, port: 5432 }] }],
  ['postgres:///d?host=/run/pg&port=77', { hosts: [{ name: '/run/pg', address: null, port: 77 }] }],
  ['postgres://u@%2Frun%2Fpg:77/d', { hosts: [{ name: '/run/pg', address: null, port: 77 }] }],
  ['postgres://u@[::1]:77/d', { hosts: [{ name: '::1', address: null, port: 77 }] }],
  [
    'postgres://u@a:1,b,[::1]:3/d',
    {
      hosts: [
        { name: 'a', address: null, port: 1 },
        { name: 'b', address: null, port: 5432 },
        { name: '::1', address: null, port: 3 },
      ],
      target: 'read-write',
    },
  ],
  ['postgres://a,b/d?target_session_attrs=any', { target: 'any' }],
  ['postgres://a/d?target_session_attrs=primary', { target: 'primary' }],
  ['postgres://a/d?hostaddr=10.0.0.1', { hosts: [{ name: 'a', address: '10.0.0.1', port: 5432 }] }],
  ['postgres://h/d?user=x&password=y%26z&dbname=e', { user: 'x', password: 'y&z', database: 'e' }],
  ['postgres://h/d?application_name=news%20desk', { applicationName: 'news desk' }],
  ['postgres://h/d?connect_timeout=1', { connectTimeout: 2 }],
  ['postgres://h/d?connect_timeout=0', { connectTimeout: null }],
  ['postgres://h/d?keepalives=0', { keepAlive: 0 }],
  ['postgres://h/d?keepalives_idle=7', { keepAlive: 7 }],
  ['postgres://h/d?options=-c%20geqo%3Doff', { options: '-c geqo=off' }],
  ['postgres://h/d?pgbouncer=true', { pooled: true }],
  ['postgres://h/d?load_balance_hosts=random', { shuffled: true }],
] as const)('%s is read as libpq reads it', ([url, expected]) => {
  expect(read(url)).toMatchObject(expected);
});

test.for([
  ['', 'prefer'],
  ['sslmode=disable', 'disable'],
  ['sslmode=allow', 'allow'],
  ['sslmode=prefer', 'prefer'],
  ['sslmode=require', 'require'],
  ['ssl=true', 'require'],
  ['sslmode=verify-ca&sslrootcert=/x', 'verify-ca'],
  ['sslmode=verify-full&sslrootcert=/x', 'verify-full'],
  ['sslrootcert=system', 'verify-full'],
] as const)('%s is sslmode %s', ([query, mode]) => {
  expect(read(`postgres://h/d?${query}`).tls.mode).toBe(mode);
});

test.for([
  ['require', false, false],
  ['require&sslrootcert=', true, false],
  ['verify-ca&sslrootcert=', true, false],
  ['verify-full&sslrootcert=', true, true],
] as const)('sslmode=%s looks at who signed (%s) and at the name (%s)', ([mode, signed, name]) => {
  const query = `sslmode=${mode.replace(/sslrootcert=$/, `sslrootcert=${import.meta.filename}`)}`;
  const options = tlsOptions(read(`postgres://h/d?${query}`).tls, 'h');
  expect(options.rejectUnauthorized).toBe(signed);
  expect(options.checkServerIdentity === undefined).toBe(name);
});

test.for([
  ['mysql://h/d', /must be a postgres:\/\/ URL/],
  ['postgres://u:p@ss@h/d', /more than one @: write that of the password as %40/],
  ['postgres://u:p%@h/d', /the password has a % that begins no code/],
  ['postgres://h:x/d', /a port that is none: x/],
  ['postgres://h:70000/d', /a port that is none: 70000/],
  ['postgres://a,b,c/d?port=1,2', /2 ports for 3 hosts/],
  ['postgres://h/d?foo=1&bar=2&sslmode=require&baz=3', /unknown parameters: foo, bar, baz;/],
  ['postgres://h/d?search_path=x', /unknown parameters: search_path; settings go into options/],
  ['postgres://h/d?service=a&passfile=b', /not supported: service, passfile; take them out/],
  ['postgres://h/d?sslmode=on', /sslmode=on, which must be one of disable, allow/],
  ['postgres://h/d?sslmode=verify-full', /sslmode=verify-full, which needs sslrootcert/],
  [
    'postgres://h/d?sslmode=require&sslrootcert=system',
    /sslrootcert=system, which needs sslmode=verify-full/,
  ],
  ['postgres://h/d?sslcert=/x', /one of sslcert and sslkey, which go together/],
  [
    'postgres://h/d?channel_binding=require',
    /channel_binding=require, which is not supported: .*verify-full/,
  ],
  ['postgres://h/d?target_session_attrs=standby', /Counterpoint writes: use read-write/],
  ['postgres://h/d?gssencmode=require', /no GSSAPI/],
  ['postgres://h/d?client_encoding=latin1', /it is always UTF8/],
  ['postgres://h/d?connect_timeout=soon', /connect_timeout=soon, which must be a whole number/],
  ['postgres://h/d?lonely', /a parameter that cannot be read: lonely/],
] as const)('%s is refused, with what to do', ([url, problem]) => {
  expect(problems(url)).toMatch(problem);
});

test.for([
  'channel_binding=prefer',
  'channel_binding=disable',
  'gssencmode=prefer',
  'client_encoding=UTF8',
])('%s asks for nothing that is missing', (query) => {
  expect(problems(`postgres://h/d?${query}`)).toBe('');
});

test('all that is wrong with a URL is told at once', () => {
  expect(problems('postgres://h:x/d?foo=1&sslmode=on&service=s').split('; it ')).toHaveLength(4);
});

test('a message names the place, and neither user nor password', () => {
  expect(placeOf(read('postgres://u:secret@a:1,[::1]/d'))).toBe('a:1,[::1]:5432/d');
});

test('options are read with their blanks and backslashes, and are written so', () => {
  const given = String.raw`-c a=1 --b-c=2 -cd=x\ y\\ endpoint=e`;
  expect(readOptions(given)).toEqual({
    settings: { a: '1', b_c: '2', d: 'x y\\' },
    others: ['endpoint=e'],
  });
  const more = withOption(given, 'search_path', '"my schema"');
  expect(readOptions(more).settings.search_path).toBe('"my schema"');
  const url = withParameters('postgres://u:p@h/d?options=x&sslmode=disable', { options: more });
  expect(read(url)).toMatchObject({ options: more, tls: { mode: 'disable' } });
});
