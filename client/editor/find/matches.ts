import type { Node } from 'prosemirror-model';
import { FoldedText, type Range } from '../../../shared/document/text/fold-text.ts';
import { linesOf } from '../mapping/positions.ts';

export interface Search {
  readonly query: string;
  /** Capital and small letters differ. Quotation marks, spaces and Unicode forms never do. */
  readonly matchCase: boolean;
}

/** A stretch within one line, in positions of the document. */
export interface Match {
  readonly from: number;
  readonly to: number;
}

/** Lines as they are compared, with and without their capitals: what is sought changes by the letter. */
const foldedLines = [new WeakMap<Node, FoldedText>(), new WeakMap<Node, FoldedText>()] as const;

/**
 * Where a document has what is sought, in order. A search is made once and asked after every change:
 * a line that is the same node as before is not read again.
 */
export function searchFor({ query, matchCase }: Search): (doc: Node) => Match[] {
  const options = { ignoreCase: !matchCase };
  const sought = new FoldedText(query, options).text;
  const known = new WeakMap<Node, readonly Range[]>();
  const inLine = (line: Node): readonly Range[] => {
    const before = known.get(line);
    if (before) return before;
    const folded = foldedLine(line, matchCase);
    const ranges = [...folded.occurrences(sought)].map((units) => folded.rangeOf(units));
    known.set(line, ranges);
    return ranges;
  };
  return (doc) => {
    const matches: Match[] = [];
    for (const { line, position } of linesOf(doc)) {
      for (const { from, to } of inLine(line)) {
        matches.push({ from: position + 1 + from, to: position + 1 + to });
      }
    }
    return matches;
  };
}

function foldedLine(line: Node, matchCase: boolean): FoldedText {
  const lines = foldedLines[matchCase ? 1 : 0];
  let folded = lines.get(line);
  if (!folded) {
    // Embeds count as one character, so that offsets in the text are those in the line.
    const text = line.textBetween(0, line.content.size, undefined, '\uFFFC');
    lines.set(line, (folded = new FoldedText(text, { ignoreCase: !matchCase })));
  }
  return folded;
}
