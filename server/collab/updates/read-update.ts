import * as decoding from 'lib0/decoding';
import * as Y from 'yjs';
import { BadFrame } from '../../../shared/protocol/messages.ts';

/** An update that has been read, but not applied. */
export type Decoded = ReturnType<typeof Y.decodeUpdate>;
export type Struct = Decoded['structs'][number];

/**
 * Reads an update (v1) off the wire. Throws `BadFrame` unless all of it is what a Yjs document can
 * write: bytes that Yjs would pass over are somebody's words that would be called saved and are
 * nowhere, such as an update in the V2 encoding, or the first of two sections of one clientID.
 */
export function readUpdate(update: Uint8Array): Decoded {
  const { read, reader } = decode(update);
  if (decoding.hasContent(reader.restDecoder)) {
    throw new BadFrame('bytes after the end of the update');
  }
  checkSections(read, reader.sections);
  checkDeletions(read);
  if (read.ds.clients.size === 0 && read.structs.every(isSkip) && !isEmptyUpdate(update)) {
    throw new BadFrame('an update of nothing');
  }
  return read;
}

/**
 * Yjs writes each client's deletions in order, and none twice. It relies on that where it puts aside
 * what it cannot delete yet: of others it makes bytes that no document opens with any more.
 */
function checkDeletions({ ds }: Decoded): void {
  for (const ranges of ds.clients.values()) {
    if (ranges.length === 0) throw new BadFrame('an update with a deletion of nothing');
    let end = 0;
    for (const { clock, len } of ranges) {
      if (len === 0) throw new BadFrame('an update with a deletion of nothing');
      if (clock < end) throw new BadFrame('an update with deletions out of order');
      end = clock + len;
      if (!Number.isSafeInteger(end))
        throw new BadFrame('an update with a deletion without an end');
    }
  }
}

/** What a client sends that has nothing to tell. */
function isEmptyUpdate(update: Uint8Array): boolean {
  return update.length === 2 && update[0] === 0 && update[1] === 0;
}

const isSkip = (struct: Struct) => struct instanceof Y.Skip;

function decode(update: Uint8Array): { read: Decoded; reader: Reader } {
  try {
    const read = Y.decodeUpdateV2(update, Reader);
    if (Reader.last === null) throw new TypeError('Yjs has read an update with another decoder');
    return { read, reader: Reader.last };
  } catch (cause) {
    throw new BadFrame('an update that cannot be read', { cause });
  } finally {
    Reader.last = null;
  }
}

/** Yjs makes the decoder of an update itself, and does not say how far it has come. */
class Reader extends Y.UpdateDecoderV1 {
  static last: Reader | null = null;
  /** Sections of structs: there is one for each clientID. */
  sections = 0;

  constructor(decoder: decoding.Decoder) {
    super(decoder);
    Reader.last = this;
  }

  override readClient(): number {
    this.sections++;
    return super.readClient();
  }
}

/** Yjs applies the last section of a clientID alone, and a struct of no length breaks its search. */
function checkSections({ structs }: Decoded, sections: number): void {
  const clients = new Set<number>();
  for (const { id, length } of structs) {
    clients.add(id.client);
    if (length === 0) throw new BadFrame('an update with a struct of no length');
  }
  if (clients.size !== sections) throw new BadFrame('an update with a section too many');
}
