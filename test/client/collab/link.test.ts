import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { PieceLink, type LinkOptions, type Socket } from '../../../client/collab/link.ts';

const sockets: FakeSocket[] = [];

class FakeSocket implements Socket {
  binaryType = '';
  onopen: (() => void) | null = null;
  onmessage: ((event: { data: unknown }) => void) | null = null;
  onclose: ((event: { code: number }) => void) | null = null;
  readonly sent: Uint8Array[] = [];
  closed = false;

  send(data: Uint8Array): void {
    this.sent.push(data);
  }

  close(): void {
    this.closed = true;
  }

  /** Opens, and is spoken to. */
  open(): void {
    this.onopen?.();
    this.onmessage?.({ data: new ArrayBuffer(1) });
  }
}

beforeEach(() => {
  sockets.length = 0;
  vi.useFakeTimers();
});
afterEach(() => vi.useRealTimers());

function linkWith(options: Partial<LinkOptions> = {}): PieceLink {
  return new PieceLink({
    connect: () => {
      const socket = new FakeSocket();
      sockets.push(socket);
      return socket;
    },
    renew: async () => true,
    probe: async () => true,
    deviceOnline: () => true,
    onOpen: () => undefined,
    onMessage: () => undefined,
    onLost: () => undefined,
    onChange: () => undefined,
    ...options,
  });
}

const never = () => new Promise<never>(() => undefined);
const last = () => sockets.at(-1)!;

describe('A network that swallows everything', () => {
  test('a look for the server that is never answered counts as no answer', async () => {
    const link = linkWith({ probe: never });
    last().onclose?.({ code: 1006 });
    await vi.advanceTimersByTimeAsync(8_000);
    expect(link.shown).toEqual({ at: 'away', reason: 'server-down' });
    await vi.advanceTimersByTimeAsync(4_000);
    expect(sockets).toHaveLength(2);
    link.destroy();
  });

  test('whether somebody is signed in is not waited for without end', async () => {
    const link = linkWith({ renew: never });
    last().open();
    last().onclose?.({ code: 4401 });
    await vi.advanceTimersByTimeAsync(12_000);
    expect(sockets).toHaveLength(2);
    last().open();
    expect(link.shown).toEqual({ at: 'online' });
    link.destroy();
  });

  test('a socket that neither opens nor fails is given up', async () => {
    const link = linkWith();
    await vi.advanceTimersByTimeAsync(10_000);
    expect(sockets[0]!.closed).toBe(true);
    await vi.advanceTimersByTimeAsync(4_000);
    expect(sockets).toHaveLength(2);
    link.destroy();
  });

  test('a connection on which nothing is heard for 40 s is dead, and one that speaks is not', async () => {
    const link = linkWith();
    last().open();
    for (let i = 0; i < 4; i++) {
      await vi.advanceTimersByTimeAsync(30_000);
      last().onmessage?.({ data: new ArrayBuffer(1) });
    }
    expect(sockets).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(46_000);
    expect(sockets[0]!.closed).toBe(true);
    expect(sockets).toHaveLength(2);
    link.destroy();
  });
});

test('an answer to an earlier look for the server says nothing of now', async () => {
  const answers: ((reachable: boolean) => void)[] = [];
  const probe = () => new Promise<boolean>((resolve) => answers.push(resolve));
  const link = linkWith({ probe });
  last().onclose?.({ code: 1006 });
  link.wentOffline();
  link.retryNow();
  last().onclose?.({ code: 1006 });
  expect(answers).toHaveLength(2);
  answers[0]!(true);
  await vi.advanceTimersByTimeAsync(0);
  expect(link.shown).toEqual({ at: 'away', reason: 'device-offline' });
  answers[1]!(false);
  await vi.advanceTimersByTimeAsync(0);
  expect(link.shown).toEqual({ at: 'away', reason: 'server-down' });
  link.destroy();
});

test('a session that was destroyed opens nothing more, and closes what is open', async () => {
  const link = linkWith();
  last().open();
  link.destroy();
  expect(last().closed).toBe(true);
  link.retryNow();
  link.resume();
  await vi.advanceTimersByTimeAsync(60_000);
  expect(sockets).toHaveLength(1);
});
