/**
 * One person's connection, which behaves on the wire as that of a stock client does: the opening
 * exchange, an update and a presence frame for each key, news of others' presence sent on (in the
 * dialect whose clients do so), its own presence renewed. The self-check compares it with real ones.
 */
import WebSocket from 'ws';
import { Pen } from './pen.ts';
import { Presence } from './presence.ts';
import type { Recorder } from './recorder.ts';
import type { Room } from './room.ts';
import {
  addressOf,
  authFrame,
  echoes,
  emptyStateVector,
  emptyUpdate,
  presenceFrame,
  syncFrame,
  type PresenceEntry,
  type Span,
  type Target,
} from './wire.ts';
import type { Tally } from './tally.ts';

/** Colours of cursors, as editors give them out. */
const colours = ['#30bced', '#6eeb83', '#ffbc42', '#ecd444', '#ee6352', '#9ac2c9'];

/** What a member needs of the load it is part of. */
export interface Surroundings {
  readonly target: Target;
  readonly recorder: Recorder;
  readonly tally: Tally;
  /** Runs `work` when all that has arrived by now was looked at: others' work must not count as delay. */
  later(work: () => void): void;
  /** Something that must not happen, such as a lost connection. */
  fault(message: string): void;
}

export class Member {
  readonly clientId = 1 + Math.floor(Math.random() * 0xfffffffe);
  readonly pen: Pen | null;
  /** Ends with the answer to the first sync step. */
  readonly joined: Promise<void>;
  private readonly room: Room;
  private readonly around: Surroundings;
  private readonly socket: WebSocket;
  private readonly presence: Presence;
  private readonly user: { name: string; color: string };
  /** Per author, the first of his clocks that has not been received. */
  private readonly received = new Map<number, number>();
  private syncMessages = 0;
  private readonly unsaved: { readonly number: number; readonly sentAt: number }[] = [];
  private leaving = false;

  constructor(room: Room, around: Surroundings, name: string, types: boolean) {
    this.room = room;
    this.around = around;
    this.pen = types ? new Pen(this.clientId, room.prefix) : null;
    const color = colours[this.clientId % colours.length] ?? '';
    this.user = { name, color };
    this.presence = new Presence(this.clientId, JSON.stringify({ user: this.user }));
    this.socket = new WebSocket(addressOf(around.target, room.name));
    this.socket.on('error', (error) => this.around.fault(`${name}: ${error.message}`));
    this.socket.on('close', (code, reason) => {
      if (!this.leaving) this.around.fault(`${name}: closed with ${code} ${reason.toString()}`);
    });
    this.joined = new Promise((resolve) => {
      this.socket.on('open', () => this.greet());
      this.socket.on('message', (data: Buffer) => this.receive(data, resolve));
    });
  }

  /** Ends the connection as a closed page does, without a word. */
  leave(): void {
    this.leaving = true;
    this.socket.terminate();
  }

  /** Sends text that does not count as keystrokes. */
  paste(text: string): void {
    if (this.pen !== null) this.sendSync(this.pen.paste(text), 0);
  }

  /** One keystroke and the cursor after it. */
  press(): void {
    if (this.pen === null) return;
    const now = performance.now();
    this.sendSync(this.pen.press(now), now);
    const state = { user: this.user, cursor: this.pen.cursor() };
    this.sendPresence([this.presence.set(JSON.stringify(state))]);
  }

  renewPresence(now: number): void {
    const renewed = this.presence.renewed(now);
    if (renewed !== null) this.sendPresence([renewed]);
  }

  /** How many of the keystrokes of others have not arrived. */
  missing(): number {
    let count = 0;
    for (const [author, typist] of this.room.typists) {
      if (typist === this) continue;
      const from = this.received.get(author) ?? 0;
      count += typist.pen?.sentAt.slice(from).filter((at) => at > 0).length ?? 0;
    }
    return count;
  }

  private greet(): void {
    const { prefix } = this.room;
    if (this.around.target.dialect === 'hocuspocus') this.send(authFrame(prefix));
    this.send(syncFrame(prefix, 'step1', emptyStateVector));
    this.sendPresence([this.presence.own()]);
  }

  private receive(data: Buffer, joined: () => void): void {
    const now = performance.now();
    this.around.tally.received(data, this.room.prefix.length);
    const frame = this.room.read(data);
    switch (frame.type) {
      case 'step1':
        this.sendSync(syncFrame(this.room.prefix, 'step2', emptyUpdate), 0);
        return;
      case 'step2':
      case 'update':
        this.receiveText(frame.spans, now);
        if (this.pen !== null) this.around.later(() => this.pen?.apply(frame.update));
        if (frame.type === 'step2') joined();
        return;
      case 'presence':
        this.around.later(() => this.receivePresence(frame.entries));
        return;
      case 'saved':
        this.receiveSaved(frame.count, now);
        return;
      case 'other':
        return;
    }
  }

  private receiveText(spans: readonly Span[], now: number): void {
    const { recorder } = this.around;
    for (const { author, from, to } of spans) {
      const sentAt = this.room.typists.get(author)?.pen?.sentAt;
      const next = this.received.get(author) ?? 0;
      if (sentAt === undefined || to <= next || author === this.clientId) continue;
      if (from > next) this.around.fault(`${this.user.name} missed ${from - next} of ${author}`);
      this.received.set(author, to);
      if (!recorder.open) continue;
      for (let clock = next; clock < to; clock++) {
        const at = sentAt[clock] ?? 0;
        if (at > 0) recorder.delivered.add(now - at);
      }
    }
  }

  private receivePresence(entries: readonly PresenceEntry[]): void {
    const news = this.presence.apply(entries);
    if (news.length > 0 && echoes[this.around.target.dialect]) this.sendPresence(news);
  }

  private receiveSaved(count: number, now: number): void {
    while (this.unsaved[0] !== undefined && this.unsaved[0].number <= count) {
      const at = this.unsaved.shift()?.sentAt ?? 0;
      if (at > 0 && this.around.recorder.open) this.around.recorder.saved.add(now - at);
    }
  }

  /** `sentAt` 0: not a keystroke. */
  private sendSync(frame: Uint8Array, sentAt: number): void {
    this.syncMessages++;
    if (this.pen !== null) this.unsaved.push({ number: this.syncMessages, sentAt });
    this.send(frame);
  }

  private sendPresence(entries: readonly PresenceEntry[]): void {
    this.send(presenceFrame(this.room.prefix, entries));
  }

  private send(frame: Uint8Array): void {
    if (this.socket.readyState !== WebSocket.OPEN) return;
    this.around.tally.sent(frame, this.room.prefix.length);
    this.socket.send(frame);
  }
}
