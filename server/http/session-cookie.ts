import type { FastifyReply, FastifyRequest } from 'fastify';

/** Over https the name itself keeps other sites of the domain from planting a cookie. */
const names = { https: '__Host-counterpoint', http: 'counterpoint' } as const;

/** The longest that browsers keep a cookie. When a session ends is for the server to say. */
const maxAge = 400 * 86_400;

/**
 * The cookie that holds a session's secret: out of reach of scripts, not sent with what other sites
 * post, and over https only where the server is reached by it (P3).
 */
export class SessionCookie {
  readonly #https: boolean;

  constructor(publicUrl: string | null) {
    this.#https = publicUrl?.startsWith('https:') ?? false;
  }

  get name(): string {
    return this.#https ? names.https : names.http;
  }

  read(request: Pick<FastifyRequest, 'cookies'>): string | null {
    return request.cookies[this.name] ?? null;
  }

  set(reply: FastifyReply, secret: string): void {
    reply.setCookie(this.name, secret, { ...this.#attributes(), maxAge });
  }

  clear(reply: FastifyReply): void {
    reply.clearCookie(this.name, this.#attributes());
  }

  #attributes() {
    return { path: '/', httpOnly: true, sameSite: 'lax', secure: this.#https } as const;
  }
}
