/** Every route of the API with what costs it most, by one person on a piece of their own. */
import type { Attack, Ground } from '../attack.ts';
import { ask, flood, type Asked } from '../flood.ts';

const MB = 1_000_000;
/** Within what may be imported at once, 2 MiB. */
const longest = 1.9 * MB;
const atOnce = 32;

interface Scene {
  readonly token: string;
  /** A piece of the attacker's own, long, with threads and versions. */
  readonly piece: string;
  readonly ground: Ground;
}

export const fullSpeed: readonly Attack[] = [
  attackOf('an owner reads a long piece in every way', ({ token, piece }) => {
    const paths = [
      ...['', '/outline', '/attribution', '/history', '/threads', '/versions', '/events'],
      ...['/export', '/export?format=json', '/export?profile=working&notes=true', '/members'],
      ...['/diff?from=2020-01-01T00:00:00Z', '/refused', '/candidates?q=a'],
    ];
    return inTurn(
      paths.map((path) => ({ method: 'GET', path: `/api/pieces/${piece}${path}`, token })),
    );
  }),
  attackOf('an owner reads every moment of a long piece', ({ token, piece }) => {
    const from = Date.now();
    return () => {
      const time = new Date(from - Math.floor(Math.random() * 1_000)).toISOString();
      const forms = [
        `at/${time}`,
        `at/${time}?format=html`,
        `attribution?at=${time}`,
        `diff?from=${time}`,
      ];
      const form = forms[Math.floor(Math.random() * forms.length)]!;
      return { method: 'GET', path: `/api/pieces/${piece}/${form}`, token };
    };
  }),
  attackOf('an owner replaces, comments on and keeps a long piece', ({ token, piece }) => {
    let n = 0;
    return () => {
      const kinds: Asked[] = [
        put(piece, token, prose(longest, ++n)),
        post(`/api/pieces/${piece}/threads`, token, {
          anchor: { quote: `case ${n % 400} is` },
          body: 'x'.repeat(16_000),
        }),
        post(`/api/pieces/${piece}/versions`, token, {
          name: 'v'.repeat(200),
          note: 'n'.repeat(5_000),
        }),
        {
          ...post(`/api/pieces/${piece}`, token, {
            title: `t${n}`.repeat(200),
            standfirst: 's'.repeat(2_000),
          }),
          method: 'PATCH',
        },
        post(
          `/api/pieces/${piece}/at/${new Date(Date.now() - 1_000).toISOString()}/restore`,
          token,
          { preview: true },
        ),
      ];
      return kinds[n % kinds.length]!;
    };
  }),
  attackOf('somebody imports the longest texts', ({ token }) =>
    inTurn([
      post('/api/pieces', token, { content: prose(longest, 0), format: 'markdown' }),
      post('/api/pieces', token, { content: prose(longest, 0), format: 'text' }),
      post('/api/pieces', token, { content: '> '.repeat(500_000), format: 'markdown' }),
      post('/api/pieces', token, { content: 'a\n\n'.repeat(600_000), format: 'markdown' }),
    ]),
  ),
  attackOf('somebody sends the largest bodies to every door', ({ token, piece }) => {
    const bodies = [
      JSON.stringify({ content: 'x'.repeat(7.9 * MB) }),
      JSON.stringify({ name: Array.from({ length: MB }, (_, n) => n) }),
      JSON.stringify(Object.fromEntries(Array.from({ length: 500_000 }, (_, n) => [`k${n}`, n]))),
      `${'['.repeat(3.9 * MB)}${']'.repeat(3.9 * MB)}`,
      `{"anchor":${'{"anchor":'.repeat(500_000)}0${'}'.repeat(500_000)}}`,
    ];
    const doors = [
      ['POST', '/api/session'],
      ['PUT', '/api/me/password'],
      ['POST', '/api/pieces'],
      ['PATCH', `/api/pieces/${piece}`],
      ['PUT', `/api/pieces/${piece}/content`],
      ['POST', `/api/pieces/${piece}/threads`],
      ['POST', `/api/pieces/${piece}/versions`],
      ['POST', `/api/comments/${piece}`],
    ] as const;
    return inTurn(
      doors.flatMap(([method, path]) => bodies.map((body) => ({ method, path, token, body }))),
    );
  }),
  attackOf('somebody lists and seeks among all that there is', ({ token }) =>
    inTurn([
      { method: 'GET', path: '/api/pieces?limit=100', token },
      { method: 'GET', path: `/api/pieces?q=${'a%25_'.repeat(20)}&limit=100`, token },
      { method: 'GET', path: '/api/pieces?deleted=true&limit=100', token },
      { method: 'GET', path: '/openapi.json' },
      { method: 'GET', path: '/docs/json' },
      { method: 'GET', path: '/' },
      { method: 'GET', path: '/readyz' },
      { method: 'GET', path: '/metrics' },
      { method: 'GET', path: '/api/me', token },
      { method: 'GET', path: `/${'x'.repeat(2_000)}` },
    ]),
  ),
  {
    ...attackOf('somebody tries passwords', () => {
      let n = 0;
      return () => {
        const email = `somebody.${++n}@example.org`;
        return {
          method: 'POST',
          path: '/api/session',
          body: JSON.stringify({ email, password: 'x'.repeat(200) }),
        };
      };
    }),
    // Else the first ten tries would be all.
    env: { MAX_TRIES: '1000000' },
  },
];

function attackOf(name: string, plan: (scene: Scene) => () => Asked): Attack {
  return {
    name: `full speed: ${name}`,
    async prepare(ground) {
      const scene = await setScene(ground);
      const next = plan(scene);
      return async (signal) => {
        await flood(ground.url, next, signal, atOnce);
      };
    },
  };
}

/** A long piece whose threads are all over it, with versions and one replaced text in its past. */
async function setScene(ground: Ground): Promise<Scene> {
  const person = await ground.person('Full Speed');
  const { token } = person;
  const piece = await ground.piece({
    title: 'A long piece',
    content: prose(MB, 0),
    format: 'text',
  });
  await ground.member(piece, person, 'owner');
  const made: Asked[] = Array.from({ length: 100 }, (_, n) =>
    post(`/api/pieces/${piece}/threads`, token, {
      anchor: { quote: `Case ${n} is` },
      body: `Comment ${n}`,
    }),
  );
  made.push(post(`/api/pieces/${piece}/versions`, token, { name: 'First' }));
  for (const asked of made) await ask(ground.url, asked);
  return { token, piece, ground };
}

function post(path: string, token: string, body: object): Asked {
  return { method: 'POST', path, token, body: JSON.stringify(body) };
}

function put(piece: string, token: string, content: string): Asked {
  return {
    method: 'PUT',
    path: `/api/pieces/${piece}/content`,
    token,
    headers: { 'if-match': '*' },
    body: JSON.stringify({ content, format: 'text' }),
  };
}

function inTurn(all: readonly Asked[]): () => Asked {
  let n = 0;
  return () => all[n++ % all.length]!;
}

/** Paragraphs of some 100 words, each with a case of its own; `shift` makes every word another. */
function prose(characters: number, shift: number): string {
  const parts: string[] = [];
  for (let length = 0, n = 0; length < characters; n++) {
    const sentence = `word${(n * 31 + shift * 7) % 997} stands beside word${(n * 17 + shift) % 1_009} and. `;
    const paragraph = `Case ${n} is one of many. ${sentence.repeat(14)}`.trim();
    length += paragraph.length + 2;
    if (length < characters) parts.push(paragraph);
  }
  return parts.join('\n\n');
}
