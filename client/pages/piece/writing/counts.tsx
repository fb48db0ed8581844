import type { Node } from 'prosemirror-model';
import { countWords } from '../../../../shared/document/index.ts';
import { formatNumber, formatWords } from '../../../strings/format.ts';
import { t } from '../../../strings/piece.ts';
import type { BodyEditor } from './editor/body-editor.ts';
import { useSlow } from './use-slow.ts';
import styles from './writing-area.module.css';

/** Words that people read in a minute, of an argument rather than a novel. */
const wordsPerMinute = 220;

/** How many words the piece has, how many of them are selected, and how long it takes to read. */
export function Counts({ editor }: { editor: BodyEditor }) {
  const { words, selected } = useSlow(editor, ({ doc, selection: { from, to } }) => ({
    words: wordsOf(doc),
    selected: from === to ? 0 : countWords(doc.textBetween(from, to, '\n', ' ')),
  }));
  const minutes = Math.max(1, Math.round(words / wordsPerMinute));
  return (
    <p className={`${styles['counts']} not-on-paper`}>
      {selected > 0
        ? t.piece.selectedWords(formatNumber(selected), formatWords(words))
        : formatWords(words)}
      {words > 0 && <span>{t.piece.readingTime(minutes)}</span>}
    </p>
  );
}

/** Lines do not change, they are replaced: each is counted once. */
const counted = new WeakMap<Node, number>();

function wordsOf(doc: Node): number {
  let words = 0;
  for (const line of doc.children) {
    let count = counted.get(line);
    if (count === undefined) {
      count = countWords(line.textBetween(0, line.content.size, undefined, ' '));
      counted.set(line, count);
    }
    words += count;
  }
  return words;
}
