/** Frames out of the byte grammar of `shared/protocol`: as it has them, and not quite. */
import fc from 'fast-check';
import * as encoding from 'lib0/encoding';
import * as Y from 'yjs';
import { messageType, syncType } from '../../../shared/protocol/messages.ts';
import { anything, text } from './values.ts';

/** A string is sent as a text frame. */
export type Frame = Uint8Array | string;

const bytes = (maxLength: number) => fc.uint8Array({ maxLength });

/** Few, so that people meet under one; and those at the edges. */
const clientIds = fc.oneof(
  { weight: 4, arbitrary: fc.integer({ min: 1, max: 20 }) },
  { weight: 4, arbitrary: fc.integer({ min: 1, max: 2 ** 32 - 1 }) },
  { weight: 1, arbitrary: fc.constantFrom(0, 2 ** 31, 2 ** 32, 2 ** 53 - 1) },
);

const clocks = fc.oneof(
  { weight: 4, arbitrary: fc.nat(100) },
  { weight: 1, arbitrary: fc.constantFrom(2 ** 31, 2 ** 32, 2 ** 53 - 1) },
);

/** What somebody does in a document of their own; its update is then sent. */
type Edit = (doc: Y.Doc) => void;

const within = (length: number, at: number) => (length === 0 ? 0 : at % (length + 1));

const edits: fc.Arbitrary<Edit> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc
      .tuple(fc.constantFrom('body', 'title', 'standfirst', 'other'), fc.nat(), text)
      .map(
        ([root, at, value]): Edit =>
          (doc) =>
            doc.getText(root).insert(within(doc.getText(root).length, at), value),
      ),
  },
  {
    weight: 2,
    arbitrary: fc.tuple(fc.nat(), fc.nat(10)).map(([at, count]): Edit => (doc) => {
      const body = doc.getText('body');
      const from = within(body.length, at);
      body.delete(from, Math.min(count, body.length - from));
    }),
  },
  {
    weight: 2,
    arbitrary: fc
      .tuple(fc.nat(), fc.constantFrom('header', 'bold', 'thesis', 'x'), anything)
      .map(([at, name, value]): Edit => (doc) => {
        const body = doc.getText('body');
        const from = within(body.length, at);
        body.format(from, Math.min(3, body.length - from), { [name]: value });
      }),
  },
  {
    weight: 2,
    arbitrary: fc.tuple(fc.constantFrom('meta', 'footnotes', 'other map'), text, anything).map(
      ([root, key, value]): Edit =>
        (doc) =>
          doc.getMap(root).set(key, value),
    ),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom<Edit>(
      (doc) => doc.getText('body').insertEmbed(0, { footnote: 'x' }),
      (doc) => doc.getText('body').insertEmbed(0, new Y.Map([['a', 1]])),
      (doc) => doc.getMap('footnotes').set('x', new Y.Text('a note')),
      (doc) => doc.getMap('footnotes').set('y', new Y.Doc()),
      (doc) => doc.getMap('meta').set('z', new Uint8Array(10)),
      (doc) => doc.getArray('list').push([1, null, new Y.XmlElement('p'), 1e308]),
      (doc) => doc.getXmlFragment('xml').push([new Y.XmlText('x'), new Y.XmlElement('h')]),
    ),
  },
);

const updateOf = ([clientID, all]: [number, Edit[]]): Uint8Array => {
  const doc = new Y.Doc();
  doc.clientID = clientID;
  for (const edit of all) edit(doc);
  const update = Y.encodeStateAsUpdate(doc);
  doc.destroy();
  return update;
};

const rightUpdate = fc.tuple(clientIds, fc.array(edits, { maxLength: 5 })).map(updateOf);

/** Deletions of clocks that need not exist. */
const deletions = fc
  .array(fc.tuple(clientIds, fc.array(fc.tuple(clocks, clocks), { maxLength: 20 })), {
    maxLength: 20,
  })
  .map((clients) =>
    encoding.encode((encoder) => {
      encoding.writeVarUint(encoder, 0);
      encoding.writeVarUint(encoder, clients.length);
      for (const [client, ranges] of clients) {
        encoding.writeVarUint(encoder, client);
        encoding.writeVarUint(encoder, ranges.length);
        for (const range of ranges.flat()) encoding.writeVarUint(encoder, range);
      }
    }),
  );

/** Bytes of one are changed. */
const damaged = fc
  .tuple(rightUpdate, fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 4 }))
  .map(([update, changes]) => {
    const copy = update.slice();
    for (const [at, value] of changes) copy[at % copy.length] = value;
    return copy;
  });

export const updates = fc.oneof(
  { weight: 6, arbitrary: rightUpdate },
  { weight: 2, arbitrary: deletions },
  { weight: 1, arbitrary: damaged },
  {
    weight: 1,
    arbitrary: fc.oneof(
      bytes(100),
      rightUpdate.map((update) => Y.convertUpdateFormatV1ToV2(update)),
    ),
  },
);

const stateVectors = fc.oneof(
  { weight: 4, arbitrary: fc.constant(Uint8Array.of(0)) },
  {
    weight: 4,
    arbitrary: fc.array(fc.tuple(clientIds, clocks), { maxLength: 200 }).map((entries) =>
      encoding.encode((encoder) => {
        encoding.writeVarUint(encoder, entries.length);
        for (const number of entries.flat()) encoding.writeVarUint(encoder, number);
      }),
    ),
  },
  { weight: 2, arbitrary: bytes(40) },
);

const states = fc.oneof(
  { weight: 4, arbitrary: fc.constant('null') },
  { weight: 4, arbitrary: text.map((name) => JSON.stringify({ user: { name }, cursor: null })) },
  { weight: 2, arbitrary: anything.map((value) => JSON.stringify(value)) },
  { weight: 2, arbitrary: text },
  { weight: 1, arbitrary: fc.integer({ min: 1, max: 50_000 }).map((n) => '['.repeat(n)) },
);

const presence = fc
  .tuple(
    fc.array(fc.tuple(clientIds, clocks, states), { maxLength: 30 }),
    fc.oneof({ weight: 9, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.nat(2 ** 31) }),
  )
  .map(([entries, more]) =>
    encoding.encode((encoder) => {
      encoding.writeVarUint(encoder, entries.length + more);
      for (const [client, clock, state] of entries) {
        encoding.writeVarUint(encoder, client);
        encoding.writeVarUint(encoder, clock);
        encoding.writeVarString(encoder, Buffer.from(state).toString());
      }
    }),
  );

function message(head: readonly number[], content: Uint8Array): Uint8Array {
  return encoding.encode((encoder) => {
    for (const number of head) encoding.writeVarUint(encoder, number);
    encoding.writeVarUint8Array(encoder, content);
  });
}

const { step1, step2, update } = syncType;

const right: fc.Arbitrary<Uint8Array> = fc.oneof(
  {
    weight: 2,
    arbitrary: stateVectors.map((vector) => message([messageType.sync, step1], vector)),
  },
  {
    weight: 6,
    arbitrary: fc
      .tuple(fc.constantFrom(step2, update), updates)
      .map(([step, content]) => message([messageType.sync, step], content)),
  },
  { weight: 4, arbitrary: presence.map((content) => message([messageType.presence], content)) },
  { weight: 1, arbitrary: fc.constant(Uint8Array.of(messageType.queryPresence)) },
);

const wrong: fc.Arbitrary<Frame> = fc.oneof(
  fc.tuple(right, fc.nat()).map(([frame, at]) => frame.slice(0, at % frame.length)),
  fc.tuple(right, bytes(5)).map(([frame, more]) => Buffer.concat([frame, more])),
  fc.tuple(fc.nat(200), bytes(30)).map(([type, content]) => message([type], content)),
  fc.tuple(fc.nat(200), bytes(30)).map(([step, content]) => message([0, step], content)),
  bytes(30),
  text,
  // A length that no frame has.
  fc.constantFrom(
    Uint8Array.of(0, 2, 255, 255, 255, 255, 255, 255, 255, 15),
    Uint8Array.of(1, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 127),
    new Uint8Array(100_000),
    new Uint8Array(0),
  ),
);

/** Mostly right: what is wrong ends its connection. */
export const frames: fc.Arbitrary<Frame> = fc.oneof(
  { weight: 30, arbitrary: right },
  { weight: 1, arbitrary: wrong },
);
