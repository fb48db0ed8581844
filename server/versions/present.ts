import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import type { PastQuery } from '../../shared/api/versions.ts';
import { attachment } from '../export/filename.ts';
import { joined, sendJson } from '../http/responses/written.ts';
import type { Answer } from '../workers/tasks.ts';

/**
 * Answers with a past text, as a thread has written it out: as a file, or as JSON with what else is
 * `told` of it. Everything in HTML is escaped; the policy is for what is not.
 */
export async function sendPast(
  reply: FastifyReply,
  { title, text }: Pick<Answer<'at'>, 'title' | 'text'>,
  { format }: PastQuery,
  told: object,
): Promise<FastifyReply> {
  if (text === null) throw new Error('A past text was asked for and not written');
  if (format === 'json') return sendJson(reply, joined(told, text));
  if (format === 'html') return reply.type('text/html; charset=utf-8').send(text);
  reply.header('content-disposition', attachment(title, 'md'));
  return reply.type('text/markdown; charset=utf-8').send(text);
}

/** The response of a route that answers in several formats. */
export function textResponse(json: z.ZodType) {
  return {
    description: 'The text',
    content: {
      'application/json': { schema: json },
      'text/markdown': { schema: z.string() },
      'text/html': { schema: z.string() },
    },
  };
}
