/** Those who call, what they call about, and what has been seen of it. */
import { randomBytes } from 'node:crypto';
import type { Ground } from '../attack.ts';
import { adminToken } from '../../support/server-process.ts';
import type { Call, Id, Person } from './calls.ts';
import { words } from './values.ts';

const perKind = 60;

export class Cast {
  readonly #tokens: Readonly<Record<Person, string | null>>;
  readonly #seen = new Map<string, string[]>();
  readonly #etags = new Map<string, string>();

  private constructor(tokens: Readonly<Record<Person, string | null>>) {
    this.#tokens = tokens;
  }

  /** A new company with two pieces of its own, so that no harm outlasts it. */
  static async gather(ground: Ground, company: number): Promise<Cast> {
    const tokens: Record<Person, string | null> = {
      admin: adminToken,
      nobody: null,
      impostor: randomBytes(24).toString('hex'),
      ...{ owner: '', writer: '', reviewer: '', reader: '', stranger: '' },
    };
    const roles = ['owner', 'writer', 'reviewer', 'reader'] as const;
    const pieces: string[] = [];
    for (let n = 0; n < 2; n++) {
      const content = Array.from({ length: 12 }, (_, i) => `${words.join(' ')} ${i}.`).join('\n\n');
      pieces.push(await ground.piece({ title: 'A piece', content: `${content}\n\n## A section` }));
    }
    for (const role of roles) {
      const person = await ground.person(`${role} ${company}`);
      tokens[role] = person.token;
      for (const piece of pieces) await ground.member(piece, person, role);
    }
    tokens.stranger = (await ground.person(`stranger ${company}`)).token;
    const cast = new Cast(tokens);
    for (const piece of pieces) cast.see('pieces', piece);
    // Somebody for whom nobody calls: they are changed, invited and thrown out.
    cast.see('users', (await ground.person(`victim ${company}`)).id);
    return cast;
  }

  tokenOf(person: Person): string | null {
    return this.#tokens[person];
  }

  /** The id of something of this kind that has been seen; of what was not, one that nothing has. */
  piece(n: number): string {
    return this.#resolve({ of: 'pieces', seen: n });
  }

  /** The address that is called. */
  addressOf({ path, ids, query }: Call): string {
    const filled = path.replace(/\{(\w+)\}/g, (_, name: string) => this.#resolve(ids[name]!));
    return query === '' ? filled : `${filled}?${query}`;
  }

  headersOf(call: Call): Record<string, string> {
    const headers: Record<string, string> = { ...call.headers };
    const piece = call.ids.id === undefined ? '' : this.#resolve(call.ids.id);
    const etag = this.#etags.get(piece);
    // What is replaced has to be known first; without it no call would come through.
    if (call.method === 'PUT' && etag !== undefined) headers['if-match'] ??= etag;
    const token = this.tokenOf(call.person);
    if (token !== null) headers.authorization = `Bearer ${token}`;
    return headers;
  }

  /** Remembers the ids in an answer, so that later calls can be about them. */
  learn(
    call: Call,
    answer: { readonly etag: string | undefined; readonly json: boolean; readonly body: string },
  ): void {
    if (call.path === '/api/pieces/{id}' && answer.etag !== undefined) {
      this.#etags.set(this.#resolve(call.ids.id!), answer.etag);
    }
    const kind = call.path
      .split('/')
      .filter((part) => part !== '' && !part.startsWith('{'))
      .at(-1);
    // An answer without an entity, or a text such as an export, has no ids.
    if (!learnt.has(kind ?? '') || !answer.json || answer.body.length > 200_000) return;
    const said = JSON.parse(answer.body) as { id?: unknown; items?: { id?: unknown }[] };
    for (const { id } of [said, ...(said.items ?? [])]) {
      if (typeof id === 'string') this.see(kind!, id);
    }
  }

  see(kind: string, id: string): void {
    const seen = this.#seen.get(kind) ?? [];
    if (seen.includes(id)) return;
    seen.push(id);
    if (seen.length > perKind) seen.splice(2, 1);
    this.#seen.set(kind, seen);
  }

  #resolve(id: Id): string {
    if ('literal' in id) return id.literal;
    const seen = this.#seen.get(id.of) ?? [];
    if (id.of === 'time') return new Date(Date.now() - id.seen).toISOString();
    return seen[id.seen % seen.length] ?? '019b0000-0000-7000-8000-000000000000';
  }
}

/** Kinds of things with ids; those of people are left out, since all but one of them call. */
const learnt = new Set(['pieces', 'threads', 'comments', 'versions', 'refused', 'tokens']);
