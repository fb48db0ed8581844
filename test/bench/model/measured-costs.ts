import type { Costs } from './costs.ts';

/**
 * As `npm run bench -- model --calibrate` printed them on a machine that other work kept busy (a load of 17
 * on two cores), so rather too high than too low: caches were cold.
 */
export const measuredCosts: Costs = {
  origin: '1 December 2026, 2 shared cores (AMD EPYC), Node 20.20.2, Postgres 18, Redis 7.0',
  server: {
    second: 8_810,
    update: 73.8,
    presence: 67.8,
    commit: 1_210,
    frame: 7.07,
    publish: 60.3,
    foreignRows: 80.9,
    foreignPresence: 93.8,
    summary: 2_160,
    summaryThread: 1_010,
    snapshot: 692,
    pack: 27.2,
    beside: 0.0296,
  },
  postgres: {
    commit: 572,
    row: 4.86,
    piece: 5.23,
    look: 348,
    lookPair: 0.386,
    heads: 25.3,
    headsPiece: 0.923,
    claim: 294,
    summary: 297,
    snapshot: 812,
    pack: 2.98,
    flush: 579,
  },
  redis: { read: 10.1, publish: 0.526, delivery: 0.121, kilobyte: 0.157, write: 4.88 },
  bytes: {
    walCommit: 146,
    walRow: 233,
    walPiece: 144,
    walLook: 116,
    walClaim: 393,
    walSummary: 466,
    walSnapshot: 9_750,
    walPack: 56.5,
    message: 144,
    row: 63,
    presence: 347,
    person: 128,
  },
};
