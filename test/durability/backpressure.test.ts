import { expect, onTestFinished, test } from 'vitest';
import { connect, connectSaved, createPiece, docHolds } from '../support/clients.ts';
import { startOwnPostgres } from '../support/postgres.ts';
import { until } from '../support/until.ts';
import { openDesk } from './desk.ts';
import { readStored } from './stored.ts';
import { closeCodes } from './typist.ts';

const maxPendingBytes = 100_000;
const paste = 'A paste of some length, again and again. '.repeat(25_000);
/** Together far more than the buffers of two sockets hold. */
const pastes = 24;
const comeBackShortly = 1013;

test('D4 past MAX_PENDING_BYTES no socket is read and no piece is opened; all comes through when the database is back', async () => {
  const postgres = await startOwnPostgres();
  onTestFinished(() => postgres.remove());
  const desk = await openDesk({
    DATABASE_URL: postgres.serverUrl,
    MAX_PENDING_BYTES: String(maxPendingBytes),
    MAX_PIECE_BYTES: String(2 * pastes * paste.length),
  });
  const [piece, other] = [await createPiece(desk), await createPiece(desk)];
  const writer = connectSaved(desk, piece);
  const reader = connect(desk, piece);
  onTestFinished(() => [writer, reader].forEach((client) => client.destroy()));
  await Promise.all([writer.synced(), reader.synced()]);
  await writer.allSaved();

  await postgres.kill9();
  const savedBefore = writer.saved();
  for (let i = 0; i < pastes; i++) writer.body.insert(0, paste);
  const ready = async () => {
    const response = await fetch(`${desk.url}/readyz`);
    return { status: response.status, body: await response.text() };
  };
  await until(
    'the server is full',
    async () => (await ready()).body.includes('behind'),
    undefined,
    100,
  );
  expect((await ready()).status).toBe(503);

  const visitor = connect(desk, other);
  const codes = closeCodes(visitor);
  onTestFinished(() => visitor.destroy());
  await until('a visitor of another piece was refused', () => codes.length >= 2);
  expect(new Set(codes)).toEqual(new Set([comeBackShortly]));

  // Much has happened at the server since the pastes; had it read on, nothing would be left here.
  const unsent = (writer.provider.ws as unknown as { bufferedAmount: number }).bufferedAmount;
  expect(unsent).toBeGreaterThan(0);
  expect(reader.body.length).toBeLessThan(3 * paste.length);
  expect(mostPending(desk.server.log)).toBeLessThan(3 * paste.length);
  expect(writer.saved()).toBe(savedBefore);

  await postgres.restart();
  await writer.allSaved();
  await docHolds(reader.doc, () => reader.body.length === pastes * paste.length);
  await visitor.synced();
  await until('/readyz says yes', async () => (await ready()).status === 200, undefined, 100);
  const { body } = await readStored(postgres.url, piece);
  expect(body === paste.repeat(pastes), 'the journal holds every paste').toBe(true);
});

/** The most bytes that waited at any try to save, by what the server has logged. */
function mostPending(log: readonly string[]): number {
  const seen = log.map((line) => Number(/"pendingBytes":(\d+)/.exec(line)?.[1] ?? 0));
  return Math.max(...seen);
}
