/** Everybody who is connected: joining, typing for a while, leaving. */
import { Member, type Surroundings } from './member.ts';
import type { Command, Typed } from './messages.ts';
import { cpuTimeOf } from './proc.ts';
import { Recorder } from './recorder.ts';
import { Room } from './room.ts';
import { Tally } from './tally.ts';
import type { Target } from './wire.ts';

/** Connections opened at a time: a server's listen queue is short, and joining is not measured. */
const joinsAtOnce = 40;
const joinTimeoutMs = 60_000;
/** Keys come so much faster while servers warm up: V8 optimizes code by how often it has run. */
const warmUpHaste = 2;
/** Typing at the measured speed before the measured stretch. */
const leadMs = 1_000;
/** Keys that are later than this are left out, in ms. */
const mostCaughtUpMs = 50;
/** How long the last keystrokes may take until they count as missing. */
const arrivalTimeoutMs = 10_000;

type Join = Extract<Command, { do: 'join' }>;
type Type = Extract<Command, { do: 'type' }>;

export class Crowd {
  private recorder = new Recorder();
  private tally = new Tally();
  private readonly rooms: Room[] = [];
  private readonly work: (() => void)[] = [];
  private readonly renewal = setInterval(() => this.renewPresence(), 500);
  private fault: Error | null = null;

  async join({ target, rooms, people, typists, characters }: Join): Promise<void> {
    const waiting: (() => Member)[] = [];
    for (const name of rooms) {
      const room = new Room(name, target.dialect);
      this.rooms.push(room);
      for (let i = 0; i < people; i++) waiting.push(() => this.enter(room, target, i, i < typists));
    }
    while (waiting.length > 0) {
      const members = waiting.splice(0, joinsAtOnce).map((enter) => enter());
      await within(joinTimeoutMs, Promise.all(members.map((member) => member.joined)));
      this.throwFault();
    }
    const text = proseOf(characters);
    for (const room of this.rooms.slice(-rooms.length)) room.members[0]?.paste(text);
  }

  async type(command: Type): Promise<Typed> {
    const { keysPerSecond, warmUpSeconds, seconds, serverPid, toTheLast = false } = command;
    this.recorder = new Recorder();
    this.placeCarets();
    const warmUp = this.keyboard(warmUpHaste * keysPerSecond);
    await pause(warmUpSeconds * 1000);
    warmUp.stop();
    // What a stall left over must not be delivered in the measured stretch and make it look cheap.
    await this.arrivals();
    const typing = this.keyboard(keysPerSecond);
    await pause(warmUpSeconds > 0 ? leadMs : 0);
    const before = this.readClocks(serverPid);
    this.recorder.open = true;
    await pause(seconds * 1000);
    if (!toTheLast) this.recorder.open = false;
    const after = this.readClocks(serverPid);
    typing.stop();
    const missing = await this.arrivals();
    this.recorder.open = false;
    this.throwFault();
    return this.figures(before, after, missing);
  }

  leave(): void {
    for (const room of this.rooms.splice(0)) for (const member of room.members) member.leave();
    this.tally = new Tally();
  }

  end(): void {
    this.leave();
    clearInterval(this.renewal);
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
  private keyboard(keysPerSecond: number): { stop(): void } {
    // First the first typist of each room, so that those of one room are far apart.
    const typists = this.rooms
      .flatMap((room) => [...room.typists.values()].map((typist, rank) => ({ typist, rank })))
      .sort((a, b) => a.rank - b.rank)
      .map(({ typist }) => typist);
    const interval = 1000 / keysPerSecond / Math.max(1, typists.length);
    let due = performance.now() + interval;
    let next = 0;
    const timer = setInterval(() => {
      const now = performance.now();
      if (this.recorder.open && due <= now) this.recorder.late.add(now - due);
      // Nobody types a burst of what he missed while the machine was busy with something else.
      if (now - due > mostCaughtUpMs) due = now;
      for (; due <= now; due += interval) typists[next++ % typists.length]?.press();
    }, 1);
    return { stop: () => clearInterval(timer) };
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

  private readClocks(serverPid: number) {
    const own = process.cpuUsage();
    return {
      at: performance.now(),
      server: cpuTimeOf(serverPid),
      generator: (own.user + own.system) / 1e6,
    };
  }

  private figures(
    before: ReturnType<Crowd['readClocks']>,
    after: ReturnType<Crowd['readClocks']>,
    missing: number,
  ): Typed {
    const { delivered, saved, late } = this.recorder;
    const elapsed = (after.at - before.at) / 1000;
    const server = after.server.server - before.server.server;
    const database = after.server.database - before.server.database;
    return {
      delivered: delivered.count,
      deliveryP50: delivered.quantile(0.5),
      deliveryP99: delivered.quantile(0.99),
      deliveryMax: delivered.quantile(1),
      saved: saved.count,
      savedP50: saved.quantile(0.5),
      savedP99: saved.quantile(0.99),
      serverCpu: (server * 1e6) / delivered.count,
      databaseCpu: (database * 1e6) / delivered.count,
      serverLoad: server / elapsed,
      generatorLoad: (after.generator - before.generator) / elapsed,
      lateP99: late.quantile(0.99),
      missing,
      frames: this.tally.counted(),
    };
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
