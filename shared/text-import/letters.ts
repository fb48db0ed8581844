/*
 * Short lines that stand alone and are no headings: what letters and newspapers put before and after a
 * text. In the languages that such a newsroom's mail is mostly in; others lose nothing but the distinction.
 */

const greeting = new RegExp(
  String.raw`^(?:dear|to whom it may concern|sehr geehrte[rsn]?|liebe[rs]?|verehrte[rs]?|ch[eè]re?s?|madame|monsieur|mesdames|messieurs|estimad[oa]s?|querid[oa]s?|car[oaie]|gentil[ei]|geachte|beste|kära|kære|prezad[oa]s?|szanown[aiy])(?![\p{L}\p{M}])`,
  'iu',
);
const hello =
  /^(?:hi|hello|hey|hallo|moin|servus|guten (?:tag|morgen|abend)|good (?:morning|afternoon|evening|day)|greetings|bonjour|salut|hola|buen[oa]s (?:d[ií]as|tardes)|ciao|buongiorno|hej|olá)(?![\p{L}\p{M}])/iu;

/** At most so many words are a greeting: "Dear Prudence is back on the stage" is not. */
const greetingWords = 7;

export function isGreeting(line: string): boolean {
  const text = line.trim();
  const words = text.split(/\s+/).length;
  if (greeting.test(text)) return words <= greetingWords;
  return hello.test(text) && (words <= 3 || (/[,!:]$/.test(text) && words <= greetingWords));
}

const signOff =
  /^(?:(?:yours|sincerely|regards|respectfully|cordially|cheers|thanks|thank you|love|faithfully)(?![\p{L}\p{M}])|(?:best|kind|kindest|warm|warmest|with (?:best|kind|warm)|all the|many) (?:regards|wishes|best|thanks)|(?:mit )?(?:freundlichen|besten|herzlichen|lieben|vielen|viele|beste|liebe|herzliche) (?:grüßen|grüssen|grüße|grüsse|gruß|dank)|hochachtungsvoll|mfg|(?:bien )?cordialement|sincèrement|amicalement|veuillez agréer|atentamente|saludos|un saludo|cordiali saluti|distinti saluti|met vriendelijke groet|med vänlig|abraços)/iu;

export function isSignOff(line: string): boolean {
  const text = line.trim();
  return signOff.test(text) && text.split(/\s+/).length <= 6;
}

const byline =
  /^(?:by|von|par|por|di|door|av|text(?: by)?:?|words by|written by|(?:a )?(?:story|report|analysis|comment) by|reported by|from) (?<who>\S.*)$/iu;
/** Somebody by what they are: "our correspondent in Cairo". */
const post =
  /^(?:our|an?|unser(?:em|er)?|notre|nuestr[oa]|il nostro|onze)\s.*(?:correspondent|korrespondent|correspondant|corresponsal|corrispondente|reporter|staff|writer|editor|redak|rédaction|team|desk|contributor)/iu;
export function isByline(line: string): boolean {
  const text = line.trim();
  const name = byline.exec(text)?.groups?.['who'];
  if (name === undefined || text.split(/\s+/).length > 10) return false;
  return post.test(name) || areNames(name);
}

const joining =
  /^(?:and|und|et|y|e|en|og|och|in|for|of|at|de|van|von|der|den|di|da|la|le|du|al|bin|[&|–—-])$/u;

/** Names, places and what joins them. A headline says more of its "by" than that. */
function areNames(text: string): boolean {
  const words = text.split(/[\s,]+/).filter((word) => word !== '');
  return /^\p{Lu}/u.test(text) && words.every((w) => /^\p{Lu}/u.test(w) || joining.test(w));
}

const months =
  /^(?:jan|jän|feb|fév|fev|mär|mar|mrt|apr|avr|abr|mai|maj|may|mei|giu|gen|jun|juin|jul|juil|lug|aug|aoû|ago|sep|set|okt|oct|ott|out|nov|dez|dec|déc|dic)\p{L}{0,7}\.?$/iu;
const weekday =
  /^(?:(?:mon|tues|wednes|thurs|fri|satur|sun)day|(?:mon|diens|donners|frei|sams|sonn)tag|mittwoch|sonnabend|lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche|lunes|martes|miércoles|jueves|viernes|sábado|domingo)$/iu;
const iso = /^\d{4}-\d{2}-\d{2}\b|^\d{1,2}[./]\d{1,2}[./]\d{2,4}\b/;

/** A date, with the place and the day of the week that stand before it. */
export function isDateline(line: string): boolean {
  const text = line.trim();
  if (text.length > 60) return false;
  if (iso.test(text)) return text.split(/\s+/).length <= 4;
  const [before, after] = splitAt(text, /[,–—-]\s+|\s+(?=\d)/u);
  return isDate(text) || (/^\p{Lu}[\p{L}\p{M} .'’-]*$/u.test(before) && isDate(after));
}

function isDate(text: string): boolean {
  const words = text.split(/[\s,]+/).filter((word) => word !== '');
  let hasMonth = false;
  let numbers = 0;
  for (const word of words) {
    if (months.test(word)) hasMonth = true;
    else if (/^\d{1,4}(?:st|nd|rd|th|er|º|\.)?$/iu.test(word)) numbers += 1;
    else if (!weekday.test(word) && !/^(?:the|den|der|le|el|il|de|of|di|del|am)$/iu.test(word)) {
      return false;
    }
  }
  return (hasMonth && numbers > 0) || (words.length === 1 && words.every((w) => weekday.test(w)));
}

function splitAt(text: string, sign: RegExp): [before: string, after: string] {
  const found = sign.exec(text);
  if (!found) return ['', text];
  return [text.slice(0, found.index), text.slice(found.index + found[0].length)];
}

const opening = /^[“„«‹"‘‚「『»]/u;
const closing = /[”“»›"’‘」』«][.,]?$/u;

/** A line that is somebody's words from end to end. */
export function isQuotation(line: string): boolean {
  const text = line.trim();
  return opening.test(text) && closing.test(text);
}
