import { describe, expect, test } from 'vitest';
import * as Y from 'yjs';
import { lineText, readBlocks } from '../../shared/document/blocks.ts';
import type { SavedClient } from '../support/clients.ts';
import { until } from '../support/until.ts';
import { useQuill } from './quill-scene.ts';

const plain = `A lede with **bold** words.

## Why here

It is an ordinary street. It has a bakery.

- Noise
- Speed

> Slow down.
`;
const argued = `${plain}
:::thesis{#sleep}
People sleep.
:::

:::counterpoint{#price answers=sleep}
Time is money.
:::
`;
const annotated = `${argued}
By night it is another street.[^1] So it goes.

***

The end.

| Night | Day |
| --- | --- |
| 8 | 20 |

[^1]: Counted by hand.
`;

/** Each line as what it is and what it says. */
function lines(node: SavedClient): string[] {
  return readBlocks(node.body.toDelta() as unknown[]).map((line) => {
    const kind = line.kind === 'heading' ? `heading ${line.level}` : line.kind;
    return `${kind}: ${lineText(line)}`;
  });
}

/** Writes before the first `place` in the text, which has no embeds before it. */
function writeBefore(node: SavedClient, place: string, text: string): void {
  node.body.insert(node.body.toJSON().indexOf(place), text);
}

describe('A foreign client joins as it is: Quill with y-quill', () => {
  const setUp = useQuill();

  test.each([
    { content: argued, formats: 'stock', bind: 'at once' },
    { content: argued, formats: 'stock', bind: 'synced' },
    { content: annotated, formats: 'all', bind: 'at once' },
    { content: annotated, formats: 'all', bind: 'synced' },
  ] as const)(
    'opening shows all and writes nothing ($formats formats, bound $bind)',
    async ({ content, ...options }) => {
      const { quill, node, quentin, exported, rowsOf } = await setUp(content, options);
      const before = node.body.toDelta() as unknown;
      const editor = quill.page.locator('.ql-editor');
      expect(await editor.locator('h2').allTextContents()).toEqual(['Why here']);
      expect(await editor.locator('li[data-list=bullet]').allTextContents()).toEqual([
        'Noise',
        'Speed',
      ]);
      expect(await editor.locator('blockquote').allTextContents()).toEqual(['Slow down.']);
      expect(await editor.locator('strong').allTextContents()).toEqual(['bold']);
      await quill.agreesWith(node);

      // Another's keystroke would set free what an editor has kept back.
      writeBefore(node, 'lede', 'x');
      await quill.shows('A xlede');
      node.body.delete(2, 1);
      await quill.allArrivedAt(node);
      await quill.agreesWith(node);
      await node.allSaved();
      expect((await quill.read()).writes).toBe(0);
      expect(await rowsOf(quentin)).toBe(0);
      expect(node.body.toDelta()).toEqual(before);
      expect(await exported()).toBe(content);
    },
  );

  test('two people type in one paragraph at once, and every character is there', async () => {
    const { quill, node, exported } = await setUp(argued);
    const theirs = [...'Counted at night, ei\u{1f697}ght cars. '];
    let written = 0;
    const writeNext = () => {
      const next = theirs[written];
      if (next === undefined) return;
      writeBefore(node, 'It is an', next);
      written++;
    };
    // One character for each of Quill's that arrives: the two are in turn, on the way both ways.
    node.doc.on('update', (_update: Uint8Array, origin: unknown) => {
      if (origin === node.provider) queueMicrotask(writeNext);
    });
    await quill.putCaretBehind('ordinary street.');
    writeNext();
    await quill.type(' It is “mine”, by hand: 20 cars an hour.');
    await quill.allArrivedAt(node);
    while (written < theirs.length) writeNext();
    await quill.agreesWith(node);
    const paragraph =
      'Counted at night, ei\u{1f697}ght cars. It is an ordinary street. ' +
      'It is “mine”, by hand: 20 cars an hour. It has a bakery.';
    expect(lines(node)[2]).toBe(`paragraph: ${paragraph}`);
    expect(await exported('publish')).toContain(`\n${paragraph}\n`);
  });

  test('its toolbar and keys make headings, bold, lists, new lines and joins', async () => {
    const { quill, node, quentin, exported, rowsOf } = await setUp(argued);
    /** Quill does something while somebody writes into the same line. */
    const step = async (place: string, text: string, act: () => Promise<void>) => {
      writeBefore(node, place, text);
      await act();
      await quill.allArrivedAt(node);
      await quill.agreesWith(node);
    };

    await quill.putCaretBehind('It has');
    await step('ordinary', 'E', () => quill.press('Enter'));
    expect(lines(node).slice(1, 4)).toEqual([
      'heading 2: Why here',
      'paragraph: It is an Eordinary street. It has',
      'paragraph:  a bakery.',
    ]);

    await step('It has', 'B', () => quill.press('Backspace'));
    expect(lines(node)[2]).toBe('paragraph: It is an Eordinary street. BIt has a bakery.');

    await quill.select('ordinary');
    await step('street', 'F', () => quill.click('.ql-bold'));
    expect(await exported()).toContain('It is an E**ordinary** Fstreet. BIt has a bakery.');

    await quill.putCaretBehind('a bakery.');
    await step('is an', 'L', () => quill.click('.ql-list[value=bullet]'));
    expect(lines(node)[2]).toBe('list: It Lis an Eordinary Fstreet. BIt has a bakery.');

    await quill.putCaretBehind('Why here');
    await step('here', 'H', () => quill.press('Enter'));
    await step('Hhere', 'S', () => quill.type('Then a second one'));
    await step('a second', 'T', () => quill.chooseHeading(3));
    expect(lines(node).slice(1, 3)).toEqual([
      'heading 2: Why SHhere',
      'heading 3: Then Ta second one',
    ]);

    expect(await exported()).toBe(
      argued
        .replace('## Why here\n', '## Why SHhere\n\n### Then Ta second one\n')
        .replace(/It is an .*\n/, '- It Lis an E**ordinary** Fstreet. BIt has a bakery.'),
    );
    expect(await rowsOf(quentin)).toBeGreaterThan(0);
  });

  test('what Quill does not know of a line stays while it writes there', async () => {
    const { quill, node, exported } = await setUp(argued);
    await quill.putCaretBehind('People');
    await quill.type(' ought to');
    await quill.putCaretBehind('Time is');
    await quill.type(' not');
    await quill.allArrivedAt(node);
    await quill.agreesWith(node);
    expect(await exported()).toBe(
      argued.replace('People', 'People ought to').replace('Time is', 'Time is not'),
    );
  });

  test('notes and dividers stay where they are while Quill writes and splits around them', async () => {
    const { quill, node, exported } = await setUp(annotated, { formats: 'all' });
    await quill.putCaretBehind('another street.');
    await quill.type('..');
    for (const place of ['So it', 'People']) {
      await quill.putCaretBehind(place);
      await quill.press('Enter');
      await quill.press('Delete');
    }
    await quill.putCaretBehind('The');
    await quill.type(' bitter');
    await quill.allArrivedAt(node);
    await quill.agreesWith(node);
    expect(await exported()).toBe(
      annotated
        .replace('People sleep.', 'People\n\nsleep.')
        .replace('street.[^1] So it goes.', 'street...[^1] So it\n\ngoes.')
        .replace('The end', 'The bitter end'),
    );
  });

  test('it shows where others are, under the name that the server knows them by', async () => {
    const { quill, node, quentin, nora } = await setUp(plain);
    const { awareness } = node.provider;
    const position = Y.createRelativePositionFromTypeIndex(node.body, 6);
    awareness.setLocalStateField('cursor', { anchor: position, head: position });
    awareness.setLocalStateField('user', { name: 'Somebody Else' });
    await quill.page.locator('.ql-cursor-name', { hasText: nora.name }).waitFor({
      state: 'attached',
    });

    await quill.putCaretBehind('Why');
    const theirs = await until('Quill’s cursor', () =>
      [...awareness.getStates()].find(([id, state]) => id !== node.doc.clientID && state.cursor),
    );
    const [, { user }] = theirs;
    expect(user).toMatchObject({ id: quentin.id, name: quentin.name, role: 'writer' });
    await quill.agreesWith(node);
  });
});
