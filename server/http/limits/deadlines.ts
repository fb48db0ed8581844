import type { FastifyRequest } from 'fastify';
import { Problem } from '../../errors.ts';
import type { App } from '../app-type.ts';
import { sendProblem } from '../responses/problems.ts';

/** What Node is told of connections, in ms: how long headers may take, and how often it looks. */
export const connectionLimits = { headersTimeout: 4_000, connectionsCheckingInterval: 250 };
/** How long all of a request may take to arrive, in ms: 8 MB over a slow line. */
export const requestTimeout = 120_000;
/** And of who is not signed in, in ms: there is nothing long to say. */
const anonymousMs = 4_000;
/** The largest body of who is not signed in, in bytes. */
export const anonymousBytes = 4_096;
/** A write that is not committed after so long, in ms, is answered with 503. */
const writeMs = 20_000;

/** Cuts off who begins a request without being signed in, and does not come to its end. */
export function hurryAnonymous(app: App): void {
  app.addHook('onRequest', async (request) => {
    hurry(request);
  });
}

/**
 * Cuts off a request that does not come to its end in the time of who is not signed in, whether it has
 * been answered by then or not. @returns what gives it its time, once somebody is signed in
 */
export function hurry({ raw }: FastifyRequest): () => void {
  const late = setTimeout(() => {
    if (!raw.complete) raw.destroy();
  }, anonymousMs);
  const stop = () => clearTimeout(late);
  raw.once('close', stop);
  raw.once('end', stop);
  return stop;
}

/**
 * Writes have a deadline: while the database hangs they are told so, and whether they were made is
 * open. What waits for a thread, or takes long there, goes on. To be called before what asks the
 * database who somebody is.
 *
 * @param hangs - whether it is the database that is waited for
 */
export function boundWrites(app: App, hangs: () => Promise<boolean>): void {
  app.addHook('onRequest', async (request, reply) => {
    if (request.method === 'GET' || request.method === 'HEAD') return;
    let late: NodeJS.Timeout | null = null;
    const look = async () => {
      if (reply.sent || !(await hangs())) arm();
      else if (!reply.sent) {
        const detail = 'The database does not answer in time. What you sent may yet be saved.';
        sendProblem(new Problem('database_unavailable', detail), request, reply);
      }
    };
    const arm = () => {
      if (!reply.raw.closed) late = setTimeout(() => void look(), writeMs);
    };
    arm();
    reply.raw.once('close', () => {
      if (late !== null) clearTimeout(late);
    });
  });
}
