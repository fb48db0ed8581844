import type { Page } from 'playwright-core';
import { readBlocks, type DeltaOp } from '../../../shared/document/index.ts';
import { launchBrowser } from '../../support/browser.ts';
import type { Room } from '../../../client/pages/piece/writing/pasting/html/read-html.ts';
import { servePage } from '../../support/page-server.ts';
import type {} from './reader-page.ts';

export interface Reader {
  readonly page: Page;
  /** What is pasted, as lines: see `linesOf`. Notes follow, and what is said of it. */
  read(html: string, room?: Partial<Room>): Promise<string[]>;
  close(): Promise<void>;
}

/** A page that reads pasted HTML. */
export async function startReader(): Promise<Reader> {
  const server = await servePage({
    script: 'test/browser/pasting/reader-page.ts',
    style: 'client/pages/piece/writing/prose.css',
  });
  const browser = await launchBrowser();
  const page = await browser.newPage();
  await page.goto(server.origin);
  await page.waitForFunction(() => 'read' in window);
  return {
    page,
    async read(html, room) {
      const { body, notes, said } = await page.evaluate(
        ([text, holds]) => window.read(text, holds),
        [html, room ?? {}] as const,
      );
      const ids = notes.map(([id]) => id);
      return [
        ...linesOf(body, ids),
        ...notes.map(([, delta], i) => `[^${i + 1}]: ${linesOf(delta, ids).join(' / ')}`),
        ...(said === undefined ? [] : [`(${said})`]),
      ];
    },
    async close() {
      await browser.close();
      await server.close();
    },
  };
}

/** Lines in a short form: "## ", "> ", "- ", "1. ", "| " for code, and the marks as in Markdown. */
export function linesOf(delta: readonly DeltaOp[], noteIds: readonly string[] = []): string[] {
  return readBlocks(delta).map((line) => {
    const { header, blockquote, list, indent, ...others } = line.attributes as Record<
      string,
      unknown
    >;
    const sign = [
      '  '.repeat(Number(indent ?? 0)),
      header === undefined ? '' : `${'#'.repeat(Number(header))} `,
      blockquote ? '> ' : '',
      list === undefined ? '' : list === 'ordered' ? '1. ' : '- ',
      others['code-block'] ? '| ' : '',
    ].join('');
    const text = line.spans.map((span) => {
      if (!('text' in span)) {
        const { embed } = span;
        if (embed.kind !== 'footnote') return '---';
        const number = noteIds.indexOf(embed.id) + 1;
        return `[^${number || embed.id}]`;
      }
      const { bold, italic, strike, code, link } = span.attributes as Record<string, unknown>;
      let marked = span.text;
      if (code) marked = `\`${marked}\``;
      if (strike) marked = `~~${marked}~~`;
      if (italic) marked = `*${marked}*`;
      if (bold) marked = `**${marked}**`;
      return link === undefined ? marked : `[${marked}](${link as string})`;
    });
    return sign + text.join('');
  });
}
