/*
 * Where a link may lead. The one judge of addresses, for what is typed, pasted, imported, stored,
 * shown and published. It goes by what a browser's URL parser makes of a text (WHATWG URL), since
 * that is what would be followed: "java<TAB>script:" is a script, whatever a pattern says of it.
 */

/** Why a text is no address that a link may have. */
export type AddressRefusal =
  | 'empty'
  /** Leads to a script, a file or a program: what is not web, mail or telephone. */
  | 'scheme'
  /** A name and a password before the host: no reader is meant to follow it, and it hides the host. */
  | 'credentials'
  /** No parser makes an address of it. */
  | 'malformed'
  /** Words or a file's name, where a person typed it; in a document it leads on beside the page. */
  | 'relative'
  | 'long';

/** `href` is to be stored, shown and published; without it there is to be no link, only its words. */
export type LinkAddress =
  | { readonly href: string; readonly reason?: undefined }
  | { readonly href?: undefined; readonly reason: AddressRefusal };

/** In UTF-16 units. Servers and proxies refuse longer ones. */
const longest = 8_000;

const web: readonly string[] = ['http:', 'https:'];
const followed: readonly string[] = [...web, 'mailto:', 'tel:', 'sms:'];

/** Resolves what is relative; nothing can be there (RFC 2606). */
const base = 'https://relative.invalid/';

/** What the parser drops, or what nobody sees. */
const unseen = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u;

/** Also of the machine itself: "ann@localhost" is no place beside a page. */
const mailAddress =
  /^[^\s@:/?#\\<>()[\],;"]+@(?:localhost|(?:[\p{L}\p{N}-]+\.)+[\p{L}\p{N}-]{2,})(?:\?\S*)?$/u;
const hostName =
  /^(?:[\p{L}\p{N}](?:[\p{L}\p{N}-]*[\p{L}\p{N}])?\.)+(?:\p{L}{2,}|xn--[a-z\d-]+)$/iu;
const fileName =
  /\.(?:html?|php|aspx?|md|txt|rtf|pdf|docx?|xlsx?|pptx?|od[tsp]|csv|json|xml|css|js|py|epub|jpe?g|png|gif|svg|webp|mp[34]|zip)$/i;
/** "Ann <ann@example.org>", as mail programs write it. */
const named = /^(?:"[^"<>]*"|[^"<>@:/]*)\s*<([^<>\s]+)>$/;
const telephone = /^\+\d[\d\s()./-]{5,24}$/;

/**
 * Judges an address in a document, in pasted HTML or in Markdown. "example.org/x" is on the web, as it
 * is in Word, Google Docs and mail programs: the standard would have it a folder beside the page, but
 * who writes it has left out "https://". Names of files ("page.html") and what else is relative stay as
 * they are: a piece is published on a site of its own. `linkAddress(href)` of a `href` it gave is the
 * same.
 */
export function linkAddress(text: string): LinkAddress {
  const address = trimmed(text);
  if (address === '') return { reason: 'empty' };
  if (address.length > longest) return { reason: 'long' };
  const mailbox = named.exec(address)?.[1] ?? address;
  if (mailAddress.test(mailbox)) return linkAddress(`mailto:${mailbox}`);
  if (isOnTheWeb(address)) return linkAddress(`https://${address}`);
  const url = parse(address);
  if (url) return absolute(address, url);
  const resolved = parse(address, base);
  if (!resolved || /^https?:/i.test(address)) return { reason: 'malformed' };
  if (resolved.origin !== new URL(base).origin) return absolute(address, resolved);
  return unseen.test(address) || address.includes('\\')
    ? { reason: 'malformed' }
    : { href: address };
}

/**
 * Judges what a person typed or pasted as an address, and completes it: "ann@example.org" is for
 * mail, "example.org/x" is on the web, "+49 30 1234567" is to be called. Of what is relative only
 * what says so is meant ("/about", "#x", "./page.html").
 */
export function typedAddress(text: string): LinkAddress {
  const typed = text.trim().replace(/^<(.*)>$/, '$1');
  if (telephone.test(typed)) return { href: `tel:${typed.replace(/[^\d+]/g, '')}` };
  const judged = linkAddress(typed);
  const relative = judged.href !== undefined && parse(judged.href) === undefined;
  return relative && !/^(?:\/|#|\?|\.\.?\/)/.test(judged.href) ? { reason: 'relative' } : judged;
}

/** "example.org:80/x", which a parser takes for a scheme or a file beside the page. */
function isOnTheWeb(typed: string): boolean {
  const [, host = '', rest = ''] =
    /^([^\s:/?#@\\]+)((?::\d{1,5})?(?:[/?#].*)?)$/su.exec(typed) ?? [];
  if (!hostName.test(host.replace(/\.$/, ''))) return false;
  return rest !== '' || !fileName.test(host);
}

function absolute(address: string, url: URL): LinkAddress {
  if (!followed.includes(url.protocol)) return { reason: 'scheme' };
  if (url.username !== '' || url.password !== '') return { reason: 'credentials' };
  if (url.href.length > longest) return { reason: 'long' };
  if (!web.includes(url.protocol)) {
    if (url.href === url.protocol) return { reason: 'malformed' };
    return { href: url.href.replaceAll(' ', '%20') };
  }
  // As it was written, where that is read in one way only.
  const plain = /^https?:\/\/[^/\\]/i.test(address) && !/[\s\\]/u.test(address);
  return { href: plain && !unseen.test(address) ? address : url.href };
}

/** Without what the parser takes off both ends: spaces and control characters. */
function trimmed(text: string): string {
  const spaced = text.trim();
  let [from, to] = [0, spaced.length];
  while (from < to && spaced.charCodeAt(from) <= 0x20) from++;
  while (from < to && spaced.charCodeAt(to - 1) <= 0x20) to--;
  return spaced.slice(from, to);
}

function parse(address: string, against?: string): URL | undefined {
  try {
    return new URL(address, against);
  } catch {
    // The parser has no other way to say that it is no address.
    return undefined;
  }
}
