import { fromHtml } from 'hast-util-from-html';
import { defaultSchema, sanitize, type Schema } from 'hast-util-sanitize';
import { toHtml } from 'hast-util-to-html';
import { micromark } from 'micromark';
import { gfmStrikethroughHtml } from 'micromark-extension-gfm-strikethrough';
import { gfmTableHtml } from 'micromark-extension-gfm-table';
import { escapeHtml, type RawHtml } from '../../shared/document/render/html-blocks.ts';
import { markdownExtensions, parseMarkdown } from '../../shared/markdown/import/parse.ts';
import { markRaw } from '../../shared/markdown/import/raw-nodes.ts';
import { isDense } from '../../shared/markdown/raw-source.ts';

/**
 * The source in a raw block as HTML that runs nothing: what it shows of tables and HTML, with the
 * elements and attributes that GitHub allows; of all else, the source.
 */
export const rawHtml: RawHtml = (source, format) => {
  const html = format === 'html' ? source : markdownHtml(source);
  if (html === undefined || isTooMuch(html))
    return `<pre><code>${escapeHtml(source)}\n</code></pre>`;
  return toHtml(sanitize(fromHtml(html, { fragment: true }), schema));
};

/** GitHub's, with addresses of the web and of mail only. */
const schema: Schema = {
  ...defaultSchema,
  // What is in these is not read by anybody; of all else that is not allowed, the words stay.
  strip: ['script', 'style', 'svg', 'math', 'noscript', 'template', 'textarea', 'select', 'title'],
  protocols: {
    ...{ href: ['http', 'https', 'mailto'], src: ['http', 'https'] },
    ...{ cite: ['http', 'https'], longDesc: ['http', 'https'] },
  },
};

/** The unsafe HTML of Markdown; undefined where it holds what only its publisher's program knows. */
function markdownHtml(source: string): string | undefined {
  if (isDense(source)) return undefined;
  const root = parseMarkdown(source);
  markRaw(root, source);
  const known = root.children.every(
    (node) => node.type === 'definition' || (node.type === 'rawBlock' && isKnown(node.what)),
  );
  if (!known) return undefined;
  return micromark(source, {
    ...{ allowDangerousHtml: true, allowDangerousProtocol: true },
    extensions: markdownExtensions(),
    htmlExtensions: [gfmTableHtml(), gfmStrikethroughHtml()],
  });
}

const isKnown = (what: string) => what === 'table' || what === 'html';

/** Elements that end by themselves, so that many of them are not deep. */
const shallow =
  /^(?:area|base|br|col|embed|hr|img|input|link|meta|source|track|wbr|p|li|dt|dd|td|th|tr|thead|tbody|tfoot|option)$/;
const deepest = 200;
/** Elements times those that are open at once: a parser opens these anew in each of those. */
const mostWork = 200_000;

/** Whether a tree of it could be deeper than the stack, or much larger than the source. */
function isTooMuch(html: string): boolean {
  const open = new Map<string, number>();
  let [depth, most, tags] = [0, 0, 0];
  for (const [, slash, tag = ''] of html.matchAll(/<(\/?)([a-z][^\s/>]*)/gi)) {
    const name = tag.toLowerCase();
    tags += 1;
    if (shallow.test(name)) continue;
    const before = open.get(name) ?? 0;
    if (slash !== '' && before === 0) continue;
    const by = slash === '' ? 1 : -1;
    open.set(name, before + by);
    depth += by;
    most = Math.max(most, depth);
  }
  return most > deepest || most * tags > mostWork;
}
