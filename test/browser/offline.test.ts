import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { buildWhereStale } from '../../server/build.mjs';
import { launchBrowser, launchProfile } from '../support/browser.ts';
import { addMember, createPerson } from '../support/people.ts';
import { createDatabase, type TestDatabase } from '../support/postgres.ts';
import { freePort } from '../support/free-port.ts';
import { startServerProcess, type ServerProcess } from '../support/server-process.ts';
import { Desk, makePiece, signIn } from './web-app.ts';

/** A server that can be killed and come back at its address, with what it had. */
class Town {
  readonly #port: number;
  readonly #database: TestDatabase;
  server: ServerProcess;

  private constructor(port: number, database: TestDatabase, server: ServerProcess) {
    this.#port = port;
    this.#database = database;
    this.server = server;
  }

  static async start(): Promise<Town> {
    const database = await createDatabase();
    const port = await freePort();
    const env = { DATABASE_URL: database.url, PORT: String(port), LOG_LEVEL: 'warn' };
    return new Town(port, database, await startServerProcess(env));
  }

  async restart(): Promise<void> {
    const env = {
      DATABASE_URL: this.#database.url,
      PORT: String(this.#port),
      LOG_LEVEL: 'warn',
    };
    this.server = await startServerProcess(env);
  }

  async close(): Promise<void> {
    await this.server.terminate();
    await this.#database.drop();
  }
}

let town: Town;
beforeAll(async () => {
  expect(await buildWhereStale(['client'])).toBe(true);
});
afterEach(() => town?.close());

const said = (desk: Desk) => desk.saved.textContent();

describe('Offline writing', () => {
  test('stays through a reload without a network and a restart of the browser, and merges on return', async () => {
    town = await Town.start();
    const { server } = town;
    const profile = await mkdtemp(path.join(os.tmpdir(), 'counterpoint-profile-'));
    onTestFinished(() => rm(profile, { recursive: true, force: true }));
    const pieceId = await makePiece(server, 'One.\n\nTwo.', 'A piece');
    const ana = await createPerson(server, 'Ana');
    await addMember(server, pieceId, ana, 'writer');

    let context = await launchProfile(profile);
    await signIn(context, server, ana.id);
    let desk = new Desk(await context.newPage(), ana);
    await desk.open(server, pieceId);
    await desk.isSaid('saved');
    // The app itself is kept by now too.
    await desk.page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined));
    await context.setOffline(true);
    await desk.caretAfter('One.');
    await desk.page.keyboard.type(' First.');
    await expect.poll(() => said(desk)).toBe('Offline · kept on this device');

    // Unsaved words: the page asks first.
    desk.page.on('dialog', (dialog) => void dialog.accept());
    await desk.page.reload();
    await desk.shows(['One. First.', 'Two.']);
    await expect.poll(() => said(desk)).toBe('Offline · kept on this device');
    await desk.caretAfter('One. First.');
    await desk.page.keyboard.type(' Second.');
    await expect.poll(() => said(desk)).toBe('Offline · kept on this device');
    await context.close();

    const browser = await launchBrowser();
    onTestFinished(() => browser.close());
    const ben = await createPerson(server, 'Ben');
    await addMember(server, pieceId, ben, 'writer');
    const other = await browser.newContext();
    await signIn(other, server, ben.id);
    const far = new Desk(await other.newPage(), ben);
    await far.open(server, pieceId);
    await far.caretAfter('Two.');
    await far.page.keyboard.type(' Meanwhile.');
    await far.isSaid('saved');

    context = await launchProfile(profile);
    onTestFinished(() => context.close());
    desk = new Desk(await context.newPage(), ana);
    await desk.open(server, pieceId);
    const both = ['One. First. Second.', 'Two. Meanwhile.'];
    await Promise.all([desk, far].map((each) => each.shows(both)));
    await desk.isSaid('saved');
  });

  test('two windows of one person, both offline, lose nothing', async () => {
    town = await Town.start();
    const { server } = town;
    const browser = await launchBrowser();
    onTestFinished(() => browser.close());
    const pieceId = await makePiece(server, 'One.\n\nTwo.', 'A piece');
    const ana = await createPerson(server, 'Ana');
    await addMember(server, pieceId, ana, 'writer');
    const context = await browser.newContext({ serviceWorkers: 'block' });
    await signIn(context, server, ana.id);
    const left = new Desk(await context.newPage(), ana);
    const right = new Desk(await context.newPage(), ana);
    for (const desk of [left, right]) {
      await desk.open(server, pieceId);
      await desk.isSaid('saved');
    }
    await context.setOffline(true);
    await left.caretAfter('One.');
    await left.page.keyboard.type(' Left.');
    await right.caretAfter('Two.');
    await right.page.keyboard.type(' Right.');
    for (const desk of [left, right]) {
      await expect.poll(() => said(desk)).toBe('Offline · kept on this device');
      desk.page.on('dialog', (dialog) => void dialog.accept());
    }
    // One is closed for good: the other brings its words along when it is opened again.
    await left.page.close();
    await context.setOffline(false);
    await right.isSaid('saved');
    await right.open(server, pieceId);
    await right.shows(['One. Left.', 'Two. Right.']);
    await right.isSaid('saved');
    const other = await browser.newContext();
    await signIn(other, server, ana.id);
    const fresh = new Desk(await other.newPage(), ana);
    await fresh.open(server, pieceId);
    await fresh.shows(['One. Left.', 'Two. Right.']);
  });
});

describe('D2 D5 A server that is killed and restarted under typing', () => {
  test('loses nothing that was typed, repeats nothing, and the page says what is going on', async () => {
    town = await Town.start();
    const { server } = town;
    const browser = await launchBrowser();
    onTestFinished(() => browser.close());
    const pieceId = await makePiece(server, 'Text.', 'A piece');
    const ana = await createPerson(server, 'Ana');
    await addMember(server, pieceId, ana, 'writer');
    const context = await browser.newContext({ serviceWorkers: 'block' });
    await signIn(context, server, ana.id);
    const desk = new Desk(await context.newPage(), ana);
    await desk.open(server, pieceId);
    await desk.caretAfter('Text.');
    const words = Array.from({ length: 60 }, (_, i) => ` w${i}`).join('');
    const typing = desk.page.keyboard.type(words, { delay: 20 });
    await desk.body.getByText('w10').waitFor();
    await server.kill9();
    await desk.isSaid('offline');
    await desk.page.getByText('The server does not answer').waitFor();
    expect(await desk.body.textContent()).toContain('w10');
    await town.restart();
    await typing;
    await desk.isSaid('saved');
    await desk.shows([`Text.${words}`]);
    const fresh = new Desk(await context.newPage(), ana);
    await fresh.open(town.server, pieceId);
    await fresh.shows([`Text.${words}`]);
  });
});
