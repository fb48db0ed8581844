/** A page without a browser: a session on a real server, over a network that can be cut. */
import { onTestFinished } from 'vitest';
import { WebSocket } from 'ws';
import type { Socket } from '../../../client/collab/link.ts';
import { PieceSession } from '../../../client/collab/session.ts';
import type { DeviceKeys } from '../../../client/device/keys.ts';
import type { SessionState } from '../../../client/collab/state.ts';
import type { PieceEvent } from '../../../shared/protocol/events.ts';
import type { TestPerson } from '../../support/people.ts';
import { keysOf } from './device.ts';
import { until } from '../../support/until.ts';

export interface PageOptions {
  readonly server: { readonly url: string };
  readonly person: TestPerson;
  readonly pieceId: string;
  readonly network?: Network;
  /** For the next connection; the person's own where there is none. */
  token?: () => string;
  renew?: () => Promise<boolean | null>;
  /** Those of the person's only session, where there are no others. */
  keys?: () => Promise<DeviceKeys | null>;
}

/** What is between pages and the server. */
export class Network {
  online = true;
  readonly #sockets = new Set<WebSocket>();

  open(url: string): WebSocket {
    const socket = new WebSocket(this.online ? url : 'ws://127.0.0.1:9');
    socket.on('error', () => undefined); // What follows is always 'close'.
    socket.on('close', () => this.#sockets.delete(socket));
    this.#sockets.add(socket);
    return socket;
  }

  cut(): void {
    this.online = false;
    for (const socket of this.#sockets) socket.terminate();
  }
}

export class TestPage {
  readonly session: PieceSession;
  /** Each state that it has been in. */
  readonly states: SessionState[] = [];
  readonly events: PieceEvent[] = [];
  readonly network: Network;

  constructor({ server, person, pieceId, network = new Network(), ...own }: PageOptions) {
    const { token, renew, keys } = own;
    this.network = network;
    this.session = new PieceSession({
      pieceId,
      userId: person.id,
      url: `${server.url.replace('http', 'ws')}/collab`,
      connect: (url) =>
        network.open(`${url}&token=${token?.() ?? person.token}`) as unknown as Socket,
      renew: renew ?? (async () => false),
      keys: keys ?? (() => keysOf(person.id)),
      probe: async () => network.online,
      deviceOnline: () => network.online,
      onEvent: (event) => this.events.push(event),
    });
    this.session.subscribe(() => this.states.push(this.session.state));
    onTestFinished(() => this.session.destroy());
  }

  get text(): string {
    return this.session.doc.getText('body').toJSON().trimEnd();
  }

  /** Writes before the text's last line break. */
  write(words: string): void {
    const body = this.session.doc.getText('body');
    body.insert(Math.max(0, body.length - 1), words);
  }

  comeBack(): void {
    this.network.online = true;
    this.session.retryNow();
  }

  async is(what: string, holds: (state: SessionState) => boolean): Promise<void> {
    await until(what, () => holds(this.session.state)).catch((cause: unknown) => {
      throw new Error(`not ${what}: ${JSON.stringify(this.session.state)}`, { cause });
    });
  }

  ready(): Promise<void> {
    return this.is('ready', (state) => state.ready && state.link.at === 'online');
  }

  saved(): Promise<void> {
    return this.is('saved', ({ save }) => save.is === 'saved');
  }

  kept(): Promise<void> {
    return this.is('kept', ({ save }) => save.is === 'offline' && save.unsaved && save.kept);
  }

  async shows(text: string): Promise<void> {
    await until(`the text ${text}`, () => this.text === text).catch((cause: unknown) => {
      throw new Error(`it reads: ${this.text}`, { cause });
    });
  }
}
