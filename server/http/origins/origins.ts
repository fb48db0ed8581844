/**
 * Whether a page of `origin` may open a socket (P3). Browsers name the page's origin and nobody can
 * stop them; a program names none, and has no cookie that a foreign page could borrow.
 *
 * `host` is the request's Host header, `allowed` the origins from the configuration, the public
 * address included.
 */
export function originAllowed(
  origin: string | undefined,
  host: string | undefined,
  allowed: readonly string[],
): boolean {
  if (origin === undefined) return true;
  if (allowed.includes(origin)) return true;
  return URL.canParse(origin) && new URL(origin).host === host?.toLowerCase();
}
