import type { Styles } from '../styles/style.ts';
import { isHidden } from '../styles/out-of-sight.ts';

/* Tables of data, and tables that only place what is in them, as newsletters use them. */

const blocks = 'h1,h2,h3,h4,h5,h6,ul,ol,blockquote,pre,hr,table';

/** Programs whose tables are data, also where they draw no lines. */
const spreadsheets =
  '[class^="xl"],google-sheets-html-origin,[data-sheets-value],[data-sheets-root]';

/** Rows of data, each with its cells; undefined where a table is there for its looks only. */
export function dataRows(table: HTMLTableElement, styles: Styles): Element[][] | undefined {
  const role = table.getAttribute('role');
  if (role === 'presentation' || role === 'none') return undefined;
  if (table.querySelector('table') || table.parentElement?.closest('td,th')) return undefined;
  const seen = (element: Element) => !isHidden(element, styles.of(element));
  const rows = [...table.rows]
    .filter((row) => seen(row) && (!row.parentElement || seen(row.parentElement)))
    .map((row) => [...row.cells].filter(seen));
  if (!rows.some((cells) => cells.filter(hasWords).length > 1)) return undefined;
  const isData =
    table.querySelector(`th,thead,caption,${spreadsheets}`) !== null ||
    table.matches(spreadsheets) ||
    !rows.flat().some((cell) => cell.querySelector(blocks) || paragraphs(cell) > 2);
  return isData ? rows.filter((cells) => cells.some(hasWords)) : undefined;
}

function hasWords(cell: Element): boolean {
  return cell.textContent.trim() !== '' || cell.querySelector('img,input') !== null;
}

function paragraphs(cell: Element): number {
  return [...cell.querySelectorAll('p,div')].filter(
    (block) => !block.querySelector('p,div') && block.textContent.trim() !== '',
  ).length;
}
