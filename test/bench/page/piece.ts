/** A piece as long as the longest that a newsroom writes, and a person who has it open. */
import type { BrowserContext } from 'playwright-core';
import type { Target } from '../load/wire.ts';

const vocabulary =
  'the city pays for night buses because people who clean wards and bake bread have to get home ' +
  'when trains sleep and nobody has counted what it costs not to carry them so here is a count';

/** Markdown of so many words: a lede, sections with theses and counterpoints, a quote, a list. */
export function longPiece(words: number): string {
  const pool = vocabulary.split(' ');
  let used = 0;
  const sentence = (length: number) => {
    const chosen = Array.from({ length }, () => pool[used++ % pool.length]);
    return `${chosen.join(' ').replace(/^./, (letter) => letter.toUpperCase())}.`;
  };
  const paragraph = () => Array.from({ length: 5 }, () => sentence(16)).join(' ');
  const parts = [paragraph()];
  for (let section = 1; used < words; section++) {
    parts.push(`## What section ${section} counts`);
    parts.push(`:::thesis{#thesis-${section}}\n${sentence(20)}\n:::`);
    parts.push(paragraph(), paragraph(), `> ${sentence(18)}`);
    parts.push(`- ${sentence(8)}\n- ${sentence(9)}`);
    parts.push(
      `:::counterpoint{#counter-${section} answers=thesis-${section}}\n${sentence(20)}\n:::`,
    );
    parts.push(paragraph());
  }
  return parts.join('\n\n');
}

/** Calls the API as the admin. */
export async function ask<T>(
  target: Target,
  method: 'POST' | 'PUT' | 'GET',
  path: string,
  body?: object,
): Promise<T> {
  const answer = await fetch(pageOf(target) + path, {
    method,
    headers: {
      authorization: `Bearer ${target.params['token']}`,
      ...(body && { 'content-type': 'application/json' }),
    },
    ...(body && { body: JSON.stringify(body) }),
  });
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
  return (await answer.json()) as T;
}

/** Where the server's pages are. */
export function pageOf(target: Target): string {
  return target.url.replace('ws', 'http').replace('/collab', '');
}

/** Makes the person's browser theirs: signs in by a link, as people do. */
export async function signIn(context: BrowserContext, target: Target, userId: string) {
  const { url } = await ask<{ url: string }>(target, 'POST', `/api/users/${userId}/invite`);
  const invite = new URL(url).hash.slice(1);
  const answer = await context.request.post(`${pageOf(target)}/api/session`, { data: { invite } });
  if (!answer.ok()) throw new Error(`signing in: ${answer.status()}`);
}
