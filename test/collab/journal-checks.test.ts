import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { JournalChecks } from '../../server/collab/journal/journal-checks.ts';
import type { Held } from '../../server/collab/ports.ts';
import { Member } from '../../server/collab/member.ts';
import { SavedLedger } from '../../server/collab/journal/saved.ts';
import { silentLog } from '../support/silent-log.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

type Answer = (held: Held[] | Error) => void;

/** Checks of a journal that answers when the test says so. */
function setUp() {
  const questions: { asked: readonly (readonly Uint8Array[])[]; answer: Answer }[] = [];
  const found: Member[] = [];
  const checks = new JournalChecks({
    pieceId: 'piece',
    journal: { position: 3, whenSaved: async () => undefined },
    reader: {
      holds: (_pieceId, asked) =>
        new Promise((resolve, reject) => {
          const answer: Answer = (held) => (held instanceof Error ? reject(held) : resolve(held));
          questions.push({ asked, answer });
        }),
    },
    log: silentLog,
    found: (member) => found.push(member),
  });
  const codes: number[] = [];
  const join = () =>
    new Member(
      { write() {}, close: (code) => void codes.push(code), pause() {}, resume() {}, hold() {} },
      {
        person: { id: 'ann', name: 'Ann', color: '' },
        credential: { kind: 'token', id: 'ann', expiresAt: null, readOnly: false },
        ...{ role: 'writer', order: 1, ext: true },
      },
    );
  const ask = (member: Member, bytes: number, ledger = new SavedLedger()) => {
    checks.ask(member, ledger.receivedInDoubt(new Uint8Array(bytes)));
    return ledger;
  };
  /** Lets what is under way go on, and `ms` pass. */
  const pass = (ms = 0) => vi.advanceTimersByTimeAsync(ms);
  return { checks, questions, found, codes, join, ask, pass };
}

test('D2 what the journal holds counts at the position of its coming; who sent what it does not hold is closed', async () => {
  const { questions, found, codes, join, ask, pass } = setUp();
  const [ann, ben] = [join(), join()];
  const ledger = ask(ann, 5);
  await pass();
  const other = ask(ben, 5);
  questions[0]!.answer(['held']);
  await pass(10);
  expect([found, ledger.committed(2), ledger.committed(3)]).toEqual([[ann], null, 1]);
  questions[1]!.answer(['other']);
  await pass(10);
  expect([found.length, other.committed(1_000), codes]).toEqual([1, null, [4400]]);
});

test('B1 there is one question at a time, about all that has come meanwhile, and a pause as long as the answer took', async () => {
  const { questions, join, ask, pass } = setUp();
  const ann = join();
  ask(ann, 5);
  await pass();
  for (let i = 0; i < 50; i++) ask(ann, 5);
  await pass(4_000);
  expect(questions.map(({ asked }) => asked.length)).toEqual([1]);
  questions[0]!.answer(['held']);
  await pass(3_900);
  expect(questions.length).toBe(1);
  await pass(200);
  expect(questions.map(({ asked }) => asked.length)).toEqual([1, 50]);
});

test('B2 what one member has waiting is bounded: more is not looked for, and never counts; others are', async () => {
  const { questions, join, ask, pass } = setUp();
  const [ann, ben] = [join(), join()];
  const ledger = ask(ann, 5);
  await pass();
  for (let i = 0; i < 4; i++) ask(ann, 400_000, ledger);
  ask(ben, 400_000);
  questions[0]!.answer(['held']);
  await pass(10);
  expect(questions[1]!.asked.length).toBe(3);
  questions[1]!.answer(['held', 'held', 'held']);
  await pass(10);
  expect(ledger.committed(1_000)).toBe(3);
});

test('D4 a journal that cannot be read is asked again, not for ever, and nothing counts meanwhile', async () => {
  const { checks, questions, codes, join, ask, pass } = setUp();
  const ledger = ask(join(), 5);
  for (let i = 0; i < 4; i++) {
    await pass(1_000);
    questions[i]!.answer(new Error('away'));
  }
  await pass(1_000);
  questions[4]!.answer(['held']);
  await pass(10);
  expect([ledger.committed(3), codes]).toEqual([1, []]);
  const other = ask(join(), 5);
  for (let i = 5; i < 10; i++) {
    await pass(1_000);
    questions[i]!.answer(new Error('away'));
  }
  await pass(60_000);
  expect([questions.length, other.committed(1_000)]).toEqual([10, null]);
  const left = join();
  ask(left, 5);
  await pass();
  ask(left, 5);
  checks.left(left);
  questions[10]!.answer(['held']);
  await pass(10_000);
  expect(questions.length, 'nobody waits for it').toBe(11);
});
