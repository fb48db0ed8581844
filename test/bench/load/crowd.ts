/** Everybody who is connected to one server from this process: joining, typing, leaving. */
import { Member, type Surroundings } from './member.ts';
import type { Join, Recorded } from './messages.ts';
import { Recorder } from './recorder.ts';
import { Room } from './room.ts';
import { Tally } from './tally.ts';
import type { Target } from './wire.ts';

/** Connections opened at a time: a server's listen queue is short, and joining is not measured. */
const joinsAtOnce = 40;
const joinTimeoutMs = 60_000;
/** Keys that are later than this are left out, in ms. */
const mostCaughtUpMs = 50;
/** How long the last keystrokes may take until they count as missing. */
const arrivalTimeoutMs = 10_000;

export class Crowd {
  private recorder = new Recorder();
  private tally = new Tally();
  private entered = 0;
  private readonly rooms: Room[] = [];
  private readonly work: (() => void)[] = [];
  private readonly renewal = setInterval(() => this.renewPresence(), 500);
  private keys: NodeJS.Timeout | undefined;
  private fault: Error | null = null;

  async join({ target, rooms, tokens = [], people, typists, characters }: Join): Promise<void> {
    const waiting: (() => Member)[] = [];
    const before = this.rooms.length;
    for (const name of rooms) {
      const room = new Room(name, target.dialect);
      this.rooms.push(room);
      for (let i = 0; i < people; i++) {
        waiting.push(() => this.enter(room, this.as(tokens, target), i, i < typists));
      }
    }
    while (waiting.length > 0) {
      const members = waiting.splice(0, joinsAtOnce).map((enter) => enter());
      await within(joinTimeoutMs, Promise.all(members.map((member) => member.joined)));
      this.throwFault();
    }
    const text = proseOf(characters);
    for (const room of this.rooms.slice(before)) room.members[0]?.paste(text);
  }

  /** Those who type in the first `rooms` rooms begin, or go on at another speed. */
  press(keysPerSecond: number, rooms = this.rooms.length): void {
    clearInterval(this.keys);
    this.placeCarets();
    this.keys = this.keyboard(keysPerSecond, this.rooms.slice(0, rooms));
  }

  record(): void {
    this.recorder.end();
    this.recorder = new Recorder();
    this.recorder.begin();
  }

  count(): number {
    this.throwFault();
    return this.recorder.delivered.count;
  }

  close(): void {
    this.recorder.end();
  }

  async rest(): Promise<Recorded> {
    clearInterval(this.keys);
    const missing = await this.arrivals();
    this.recorder.end();
    this.throwFault();
    const { delivered, saved, late, pressed, skipped, load } = this.recorder;
    return {
      ...{ delivered: delivered.all(), saved: saved.all(), late: late.all() },
      ...{ pressed, skipped, load, missing },
      loopP99: this.recorder.loopDelay(99),
      loopMax: this.recorder.loopDelay(100),
      frames: this.tally.counted(),
    };
  }

  leave(): void {
    clearInterval(this.keys);
    for (const room of this.rooms.splice(0)) for (const member of room.members) member.leave();
    this.tally = new Tally();
  }

  end(): void {
    this.leave();
    clearInterval(this.renewal);
  }

  /** Newsrooms are many people; each has a share of the server of their own. */
  private as(tokens: readonly string[], target: Target): Target {
    const token = tokens[this.entered++ % tokens.length];
    return token === undefined ? target : { ...target, params: { ...target.params, token } };
  }

  private enter(room: Room, target: Target, index: number, types: boolean): Member {
    // Getters, because each measured stretch has a recorder of its own.
    const recorder = () => this.recorder;
    const around: Surroundings = {
      target,
      tally: this.tally,
      get recorder() {
        return recorder();
      },
      later: (work) => this.later(work),
      fault: (message) => {
        this.fault ??= new Error(message);
      },
    };
    const member = new Member(room, around, `Person ${index + 1}`, types);
    room.members.push(member);
    if (types) room.typists.set(member.clientId, member);
    return member;
  }

  /** Every typist at a place of his own, evenly over the text. */
  private placeCarets(): void {
    for (const room of this.rooms) {
      const typists = [...room.typists.values()];
      typists.forEach((typist, i) => typist.pen?.moveTo((i + 1) / (typists.length + 1)));
    }
  }

  /** Presses keys, each typist in his own rhythm and all of them evenly spread over the time. */
  private keyboard(keysPerSecond: number, rooms: readonly Room[]): NodeJS.Timeout {
    // First the first typist of each room, so that those of one room are far apart.
    const typists = rooms
      .flatMap((room) => [...room.typists.values()].map((typist, rank) => ({ typist, rank })))
      .sort((a, b) => a.rank - b.rank)
      .map(({ typist }) => typist);
    const interval = 1000 / keysPerSecond / Math.max(1, typists.length);
    let due = performance.now() + interval;
    let next = 0;
    return setInterval(() => {
      const now = performance.now();
      const { recorder } = this;
      if (recorder.open && due <= now) recorder.late.add(now - due);
      // Nobody types a burst of what he missed while the machine was busy with something else.
      if (now - due > mostCaughtUpMs) {
        if (recorder.open) recorder.skipped += Math.floor((now - due) / interval);
        due = now;
      }
      for (; due <= now; due += interval) {
        typists[next++ % typists.length]?.press();
        if (recorder.open) recorder.pressed++;
      }
    }, 1);
  }

  private renewPresence(): void {
    const now = performance.now();
    for (const room of this.rooms) for (const member of room.members) member.renewPresence(now);
  }

  private later(work: () => void): void {
    this.work.push(work);
    if (this.work.length > 1) return;
    setImmediate(() => {
      for (const task of this.work.splice(0)) task();
    });
  }

  /** Waits until every keystroke has reached everybody; returns how many have not. */
  private async arrivals(): Promise<number> {
    const deadline = performance.now() + arrivalTimeoutMs;
    for (;;) {
      const missing = this.rooms
        .flatMap((room) => room.members)
        .reduce((sum, member) => sum + member.missing(), 0);
      if (missing === 0 || performance.now() > deadline) return missing;
      await pause(50);
    }
  }

  private throwFault(): void {
    if (this.fault !== null) throw this.fault;
  }
}

function proseOf(characters: number): string {
  const sentence = 'Nobody who has read the whole of it would say that the case is closed. ';
  return sentence.repeat(Math.ceil(characters / sentence.length)).slice(0, characters);
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

async function within<T>(ms: number, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const expired = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`not done within ${ms} ms`)), ms);
  });
  try {
    return await Promise.race([work, expired]);
  } finally {
    clearTimeout(timer);
  }
}
