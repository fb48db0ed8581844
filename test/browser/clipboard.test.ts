import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { DocumentModel } from '../../shared/document/index.ts';
import { asAdmin, startWebApp, type Desk, type WebApp } from './web-app.ts';

let app: WebApp;
beforeAll(async () => {
  app = await startWebApp();
});
afterAll(() => app?.close());

const markdown = `## Who rides at night

The **city** counts riders[^1], and *never* those whom it left [standing](https://example.org/a_(b)).

:::thesis{#pays}
Night buses pay.[^two]

And they always have.
:::

:::counterpoint{#costs answers=pays}
They cost.
:::

1. First
2. Second
   - Under it[^1]
   - Beside it
3. Third

***

> Nobody asked us.
>
> Nobody ever does.

\`\`\`
a  =  1

b = 2
\`\`\`

Last \`words\`.

[^1]: Counted *twice*, by [hand](https://example.org/hand).

    On two nights.

[^two]: Since 1913.
`;

const modelOf = (pieceId: string) =>
  asAdmin<DocumentModel>(app.server, 'GET', `/pieces/${pieceId}/export?format=json`);

/** A body's stretches and line ends, with its notes' texts in the place of their ids. */
function withNotes({ body, footnotes }: DocumentModel): unknown[] {
  return body.flatMap(({ insert, attributes }): unknown[] => {
    if (typeof insert === 'string') {
      const parts = insert.split(/(\n)/).filter((part) => part !== '');
      return parts.map((part) => ({ insert: part, attributes }));
    }
    const { footnote } = insert as { footnote?: string };
    return [
      { insert: footnote === undefined ? insert : { note: footnotes[footnote] }, attributes },
    ];
  });
}

async function selectAll(desk: Desk): Promise<void> {
  await desk.body.click();
  await desk.page.keyboard.press('Control+a');
}

/** What the clipboard gives a page that is not ours. */
async function onClipboard(page: Page): Promise<{ html: string; text: string }> {
  const other = await page.context().newPage();
  await other.setContent('<textarea></textarea>');
  const pasted = other.evaluate(
    () =>
      new Promise<{ html: string; text: string }>((resolve) => {
        document.addEventListener('paste', ({ clipboardData }) => {
          resolve({
            html: clipboardData?.getData('text/html') ?? '',
            text: clipboardData?.getData('text/plain') ?? '',
          });
        });
      }),
  );
  await other.bringToFront();
  await other.locator('textarea').click();
  await other.keyboard.press('Control+v');
  const found = await pasted;
  await other.close();
  await page.bringToFront();
  return found;
}

/** HTML without what only our editors read. */
function seen(html: string): string {
  return html.replace(/ (data-clip|data-pm-slice|data-footnote|data-footnotes|role)="[^"]*"/g, '');
}

describe('S6 between our pieces', () => {
  test('all of a piece, pasted into another, is the same text; its notes have come along, under ids of their own', async () => {
    const from = await app.makePiece(markdown);
    const to = await app.makePiece('Here before.[^1]\n\n[^1]: Of the other piece.\n');
    const desk = await app.join('Ada', from);
    await selectAll(desk);
    await desk.page.keyboard.press('Control+c');
    await asAdmin(app.server, 'PUT', `/pieces/${to}/members/${desk.person.id}`, { role: 'writer' });
    await desk.open(app.server, to);
    await desk.caretAfter('Here before.');
    await desk.page.keyboard.press('Enter');
    await desk.page.keyboard.press('Control+v');
    await desk.isSaid('saved');
    const source = await modelOf(from);
    await expect.poll(async () => withNotes(await modelOf(to)).slice(3)).toEqual(withNotes(source));
    const { footnotes } = await modelOf(to);
    expect(Object.keys(footnotes)).toHaveLength(3);
    expect(footnotes['1']).toEqual([{ insert: 'Of the other piece.' }]);
    await desk.page.keyboard.press('Control+z');
    await desk.shows(['Here before.', '']);
  });
});

describe('S6 for other programs', () => {
  test('a copy is the HTML of what was seen, and says in plain text what it can', async () => {
    const desk = await app.join('Bo', await app.makePiece(markdown));
    await selectAll(desk);
    await desk.page.keyboard.press('Control+c');
    const { html, text } = await onClipboard(desk.page);
    expect(seen(html)).toBe(
      [
        '<div data-counterpoint="1">',
        '<h2>Who rides at night</h2>',
        '<p>The <strong>city</strong> counts riders<sup><a href="#fn-1" id="fnref-1">1</a></sup>, and <em>never</em> those whom it left <a href="https://example.org/a_(b)">standing</a>.</p>',
        '<p data-thesis="pays">Night buses pay.<sup><a href="#fn-two" id="fnref-two">2</a></sup></p>',
        '<p data-thesis="pays">And they always have.</p>',
        '<p data-counterpoint="costs" data-answers="pays">They cost.</p>',
        '<ol><li>First</li><li>Second<ul><li>Under it<sup><a href="#fn-1">1</a></sup></li><li>Beside it</li></ul></li><li>Third</li></ol>',
        '<hr>',
        '<blockquote><p>Nobody asked us.</p><p>Nobody ever does.</p></blockquote>',
        '<pre><code>a  =  1\n\nb = 2</code></pre>',
        '<p>Last <code>words</code>.</p>',
        '<section class="footnotes"><ol><li id="fn-1"><p>Counted <em>twice</em>, by <a href="https://example.org/hand">hand</a>.</p><p>On two nights.</p></li><li id="fn-two"><p>Since 1913.</p></li></ol></section>',
        '</div>',
      ].join(''),
    );
    expect(text).toBe(
      [
        'Who rides at night',
        'The city counts riders[1], and never those whom it left standing.',
        'Night buses pay.[2]',
        'And they always have.',
        'They cost.',
        '1. First\n2. Second\n   - Under it[1]\n   - Beside it\n3. Third',
        '* * *',
        '> Nobody asked us.\n>\n> Nobody ever does.',
        'a  =  1\n\nb = 2',
        'Last words.',
        '[1] Counted twice, by hand.',
        'On two nights.',
        '[2] Since 1913.',
      ].join('\n\n'),
    );
  });
});
