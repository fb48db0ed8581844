/** What people do with threads at a window, and what they see there. */
import type { Locator } from 'playwright-core';
import { expect } from 'vitest';
import type { Thread } from '../../shared/api/threads.ts';
import type { Desk, Serving } from './web-app.ts';

/** Selects words of a text, the body if no other, as a mouse would. */
export async function select(desk: Desk, words: string, field: Locator = desk.body): Promise<void> {
  await field.focus();
  await expect
    .poll(() =>
      field.evaluate((body, sought) => {
        const texts: Text[] = [];
        const walker = document.createTreeWalker(body, NodeFilter.SHOW_TEXT);
        while (walker.nextNode()) {
          const node = walker.currentNode as Text;
          if (!node.parentElement?.closest('ins, .caret')) texts.push(node);
        }
        const whole = texts.map(({ data }) => data).join('');
        const from = whole.indexOf(sought);
        if (from < 0) return false;
        const at = (offset: number, end: boolean): [Text, number] => {
          let rest = offset;
          for (const node of texts) {
            if (rest < node.length || (end && rest === node.length)) return [node, rest];
            rest -= node.length;
          }
          throw new RangeError('behind the text');
        };
        getSelection()?.setBaseAndExtent(...at(from, false), ...at(from + sought.length, true));
        return true;
      }, words),
    )
    .toBe(true);
}

/** Puts the caret behind words of the body. */
export async function caretBehind(desk: Desk, words: string): Promise<void> {
  await select(desk, words);
  await desk.page.keyboard.press('ArrowRight');
}

export async function comment(desk: Desk, words: string, body: string): Promise<void> {
  await select(desk, words);
  await desk.page.keyboard.press('Control+Alt+m');
  await desk.page.getByRole('textbox', { name: 'Comment', exact: true }).fill(body);
  await desk.page.keyboard.press('Control+Enter');
  await card(desk, body).waitFor();
}

export function card(desk: Desk, text: string): Locator {
  return desk.page.locator('[data-thread-card]', { hasText: text });
}

/** Makes a card the one that one is at. */
export async function openCard(desk: Desk, text: string): Promise<Locator> {
  const found = card(desk, text);
  await found.focus();
  const id = await found.getAttribute('data-thread-card');
  return desk.page.locator(`[data-thread-card="${id}"]`);
}

/** What the passages of threads read in the text, in its order. */
export function passages(desk: Desk): Promise<string[]> {
  return desk.body.evaluate((body) => {
    const read = new Map<string, string>();
    for (const part of body.querySelectorAll<HTMLElement>('.passage[data-thread]')) {
      const id = part.dataset['thread'] ?? '';
      read.set(id, (read.get(id) ?? '') + (part.textContent ?? ''));
    }
    return [...read.values()];
  });
}

export async function showsPassages(desk: Desk, list: readonly string[]): Promise<void> {
  await expect.poll(() => passages(desk), { timeout: 15_000 }).toEqual(list);
}

/** As the API gives them to this person. */
export async function threadsOf(server: Serving, desk: Desk, pieceId: string): Promise<Thread[]> {
  const answer = await fetch(`${server.url}/api/pieces/${pieceId}/threads`, {
    headers: { authorization: `Bearer ${desk.person.token}` },
  });
  return ((await answer.json()) as { items: Thread[] }).items;
}

/** Makes a thread through the API. */
export async function post(
  server: Serving,
  desk: Desk,
  pieceId: string,
  thread: object,
): Promise<Thread> {
  const answer = await fetch(`${server.url}/api/pieces/${pieceId}/threads`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${desk.person.token}`,
      'content-type': 'application/json',
    },
    body: JSON.stringify(thread),
  });
  if (!answer.ok) throw new Error(await answer.text());
  return (await answer.json()) as Thread;
}
