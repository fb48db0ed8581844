import { afterAll, beforeAll, expect, test } from 'vitest';
import { expectProblem, startTestServer, type TestServer } from '../http/support.ts';
import { inviteFor, openBrowser } from './browser.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.close());

const password = 'the right password';
let addresses = 0;
/** Each try comes from an address of its own: it is the account that is to be guarded. */
const signIn = (email: string, guess = 'a wrong password') =>
  openBrowser(server, `10.30.${addresses >> 8}.${addresses++ & 255}`).call('POST', '/api/session', {
    email,
    password: guess,
  });

async function withPassword(name: string, email: string): Promise<void> {
  const { id } = await server.person(name);
  await server.admin.call('PATCH', `/api/users/${id}`, { email });
  const invite = await inviteFor(server, id);
  await openBrowser(server).call('POST', '/api/session', { invite, password });
}

/** Ways to write one address that are all read as it. */
const spellings: [string, (email: string, n: number) => string][] = [
  ['spaces around it', (email, n) => ' '.repeat(n) + email + '\t\u00a0\ufeff'.slice(0, n % 4)],
  ['letters of another case', (email, n) => capitals(email, n)],
  ['another Unicode form', (email, n) => (n % 2 === 0 ? email.normalize('NFD') : email)],
  ['all of it', (email, n) => ` ${capitals(email.normalize('NFD'), n)}${' '.repeat(n)}`],
];

function capitals(text: string, n: number): string {
  return [...text].map((c, i) => ((n >> (i % 8)) & 1 ? c.toUpperCase() : c)).join('');
}

test.each(spellings)(
  'P3 ten wrong tries a minute for one account, however its address is written: %s',
  async (name, spell) => {
    const email = `josé.οδοσ.${addresses}@example.org`;
    await withPassword(`Guessed ${name}`, email);
    const statuses: number[] = [];
    for (let n = 0; n < 24; n++) statuses.push((await signIn(spell(email, n + 1))).statusCode);
    expect(statuses).toEqual([...Array<number>(10).fill(401), ...Array<number>(14).fill(429)]);
    expectProblem(await signIn(email, password), 429, 'too_many_tries');
  },
);

test('P3 characters that no address has are 400, and reach no account', async () => {
  const email = 'nul.guessed@example.org';
  await withPassword('Nul Guessed', email);
  for (let n = 1; n < 24; n++) {
    for (const bad of ['\0'.repeat(n) + email, email + '\0'.repeat(n), `\u0007${email}`]) {
      expectProblem(await signIn(bad, password), 400, 'validation');
    }
  }
  expectProblem(await signIn(`${'x'.repeat(300)}@example.org`), 400, 'validation');
  // None of it counted as a try of hers.
  expect((await signIn(email, password)).statusCode).toBe(200);
});

test('P3 tries at the same time count too: of thirty at once, ten are looked at', async () => {
  const email = 'at.once@example.org';
  await withPassword('At Once', email);
  const answers = await Promise.all(Array.from({ length: 30 }, () => signIn(email)));
  const statuses = answers.map(({ statusCode }) => statusCode).sort();
  expect(statuses).toEqual([...Array<number>(10).fill(401), ...Array<number>(20).fill(429)]);
});
