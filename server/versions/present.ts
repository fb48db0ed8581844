import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import type { PastQuery } from '../../shared/api/versions.ts';
import { documentHtml } from '../../shared/document/html.ts';
import type { DocumentModel } from '../../shared/document/index.ts';
import { attachment } from '../export/filename.ts';
import type { Importer } from '../pieces/import-pool.ts';

/** Answers with a past text as a file. Everything in it is escaped; the policy is for what is not. */
export async function sendText(
  reply: FastifyReply,
  importer: Pick<Importer, 'toMarkdown'>,
  model: DocumentModel,
  { format, profile, frontMatter }: PastQuery,
): Promise<FastifyReply> {
  if (format === 'html') {
    return reply.type('text/html; charset=utf-8').send(documentHtml(model));
  }
  reply.header('content-disposition', attachment(model.title, 'md'));
  const text = await importer.toMarkdown(model, { profile, frontMatter });
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
