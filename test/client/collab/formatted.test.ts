import 'fake-indexeddb/auto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createPiece } from '../../support/clients.ts';
import { addMember, createPerson } from '../../support/people.ts';
import { startRunningServer, type TestRunningServer } from '../../support/running-server.ts';
import { TestPage } from './page.ts';

let server: TestRunningServer;
beforeAll(async () => {
  server = await startRunningServer();
});
afterAll(() => server?.stop());

test('who deletes the end of bold words in a piece just opened makes nothing bold that follows', async () => {
  const pieceId = await createPiece(server, { content: 'Nobody has ever counted them.\n' });
  const open = async (name: string) => {
    const person = await createPerson(server, name);
    await addMember(server, pieceId, person, 'writer');
    const page = new TestPage({ server, person, pieceId });
    await page.ready();
    return { page, body: page.session.doc.getText('body') };
  };
  const ann = await open('Ann');
  ann.body.format('Nobody '.length, 'has ever'.length, { bold: true });
  await ann.page.saved();
  const bob = await open('Bob');
  bob.body.delete('Nobody has'.length, ' ever'.length);
  const reads = [
    { insert: 'Nobody ' },
    { insert: 'has', attributes: { bold: true } },
    { insert: ' counted them.\n' },
  ];
  expect(bob.body.toDelta()).toEqual(reads);
  await ann.page.shows('Nobody has counted them.');
  expect(ann.body.toDelta()).toEqual(reads);
});
