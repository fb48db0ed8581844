/**
 * The document of somebody who types: a real Y.Doc, so that the updates and cursors on the wire are
 * those of a real editor, and the time at which each keystroke was sent.
 */
import * as Y from 'yjs';
import { syncFrame } from './wire.ts';

/** The type that Counterpoint keeps a piece's text in; to the peers all names are the same. */
const textName = 'body';

const alphabet = 'the quick brown fox jumps over the lazy dog ';

export class Pen {
  /** When the keystroke with that clock was sent, in ms of this process; 0: not a keystroke. */
  readonly sentAt: number[] = [];
  private readonly prefix: Uint8Array;
  private readonly doc = new Y.Doc();
  private readonly text = this.doc.getText(textName);
  private readonly written: Uint8Array[] = [];
  private caret: Y.RelativePosition | null = null;

  constructor(clientId: number, prefix: Uint8Array) {
    this.prefix = prefix;
    this.doc.clientID = clientId;
    this.doc.on('update', (update: Uint8Array, origin: unknown) => {
      if (origin !== this) this.written.push(update);
    });
  }

  /** Clocks used up so far: the next keystroke has this one. */
  get clock(): number {
    return Y.getState(this.doc.store, this.doc.clientID);
  }

  apply(update: Uint8Array): void {
    Y.applyUpdate(this.doc, update, this);
  }

  /** Goes to where the text is `share` (0 to 1) over. */
  moveTo(share: number): void {
    this.setCaret(Math.floor(this.text.length * share));
  }

  /** Writes text that is not a keystroke; returns the frame to send. */
  paste(text: string): Uint8Array {
    this.text.insert(0, text);
    while (this.sentAt.length < this.clock) this.sentAt.push(0);
    return this.sent();
  }

  /** One keystroke at the caret; returns the frame to send. */
  press(now: number): Uint8Array {
    const letter = alphabet.charAt(this.clock % alphabet.length);
    const at = this.caretIndex();
    this.text.insert(at, letter);
    this.setCaret(at + 1);
    this.sentAt.push(now);
    return this.sent();
  }

  /** The caret as editors put it into presence. */
  cursor(): { anchor: Y.RelativePosition; head: Y.RelativePosition } {
    const position = Y.createRelativePositionFromTypeIndex(this.text, this.caretIndex());
    return { anchor: position, head: position };
  }

  /** What was typed last, as the frame of one update. */
  private sent(): Uint8Array {
    const updates = this.written.splice(0);
    const [only] = updates;
    if (only === undefined || updates.length > 1) throw new Error('one change is one update');
    return syncFrame(this.prefix, 'update', only);
  }

  /** Bound to the character before it, so that it stays behind what this person typed last. */
  private setCaret(index: number): void {
    this.caret = Y.createRelativePositionFromTypeIndex(this.text, index, -1);
  }

  private caretIndex(): number {
    if (this.caret === null) return 0;
    return Y.createAbsolutePositionFromRelativePosition(this.caret, this.doc)?.index ?? 0;
  }
}
