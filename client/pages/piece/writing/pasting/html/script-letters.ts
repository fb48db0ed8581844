/* Raised and lowered letters as Unicode has them: "10⁶", "H₂O". */

const raisedFrom = '0123456789+-−–=()abcdefghijklmnoprstuvwxyzABDEGHIJKLMNOPRTUVWβγδθφχ';
const raisedTo = '⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁻⁼⁽⁾ᵃᵇᶜᵈᵉᶠᵍʰⁱʲᵏˡᵐⁿᵒᵖʳˢᵗᵘᵛʷˣʸᶻᴬᴮᴰᴱᴳᴴᴵᴶᴷᴸᴹᴺᴼᴾᴿᵀᵁⱽᵂᵝᵞᵟᶿᵠᵡ';
const loweredFrom = '0123456789+-−–=()aehijklmnoprstuvxβγρφχ';
const loweredTo = '₀₁₂₃₄₅₆₇₈₉₊₋₋₋₌₍₎ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓᵦᵧᵨᵩᵪ';

/** Signs that are raised as they are, and words that have become signs. */
const raisedAlready = /^[™®©℠ªº°*†‡′″\s⁰¹²³⁴-ₜ]+$/u;
const signs: Readonly<Record<string, string>> = { TM: '™', SM: '℠' };

const maps = {
  super: pairs(raisedFrom, raisedTo),
  sub: pairs(loweredFrom, loweredTo),
};

/** `whole` says whether every letter had one of its kind; if not, brackets say how it stood. */
export function inScript(text: string, script: 'super' | 'sub'): { text: string; whole: boolean } {
  if (text.trim() === '') return { text, whole: true };
  if (script === 'super') {
    const sign = signs[text.trim()];
    if (sign !== undefined) return { text: sign, whole: true };
    if (raisedAlready.test(text)) return { text, whole: true };
  }
  const letters = [...text].map((letter) =>
    /\s/.test(letter) ? letter : maps[script].get(letter),
  );
  if (letters.every((letter) => letter !== undefined))
    return { text: letters.join(''), whole: true };
  return { text: `${script === 'super' ? '^' : '_'}(${text.trim()})`, whole: false };
}

function pairs(from: string, to: string): ReadonlyMap<string, string> {
  const letters = [...to];
  return new Map([...from].map((letter, i) => [letter, letters[i] ?? letter]));
}
