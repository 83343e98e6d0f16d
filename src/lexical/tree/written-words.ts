import { type AskedTerms, isOptional, type PlacedTerm } from '../../text/asked-terms.js';
import { bounds } from './bounds.js';

/** One way in which a document may hold a word of a query: a term, several that stand together, or several anywhere. */
export type Wording = Pick<AskedTerms, 'terms' | 'anywhere'> & { readonly slop: number };

/** What stands between parts of one word: no space, nor what parts words. */
const within = /^[^\s,;()[\]{}|!?"“”„]*$/u;
/** From here on scripts write no spaces, or none that part words: what is cut there are words. */
const firstUnspaced = 0x0e00;
/** Between the numbers of a dimension: a sign or a word that the analysis took for one, and perhaps the unit of the first. */
const crossed = /^\s*(?:[x×х*]|\p{L}+)\s*$/u;

/**
 * The words of a text as they are written, each with the ways in which a document may hold all of it. `Wi-Fi` is one word of two terms: they must stand
 * together, or a document writes it otherwise. Stop words beside others are none.
 * @param asked  what the text asks for
 */
export function writtenWords(text: string, asked: readonly AskedTerms[]): Wording[][] {
  const said = asked.filter(({ beside, origin }) => !beside && origin !== 'synonym');
  const others = asked.filter(({ beside, origin }) => beside || origin === 'synonym');
  const words = wordsOf(text, said)
    .filter(parts => !parts.every(isOptional))
    .map(parts => wordingsOf(text, parts, others));
  return [...words, ...replacedWords(said, others)];
}

/**
 * The ways to write a phrase: its terms as they were typed, and with one stretch of them joined or parted. What it means stays: neither synonyms nor
 * corrections stand for what was put in quotation marks.
 * @param asked  what the same text asks for as a bag
 */
export function phraseWordings(text: string, typed: readonly AskedTerms[], asked: readonly AskedTerms[]): Wording[] {
  const cuts = asked.filter(({ origin, anywhere }) => (origin === 'joined' || origin === 'split') && !anywhere);
  return wordingsOf(
    text,
    typed,
    cuts.map(cut => ({ ...cut, beside: true })),
  );
}

function wordsOf(text: string, said: readonly AskedTerms[]): AskedTerms[][] {
  const words: AskedTerms[][] = [];
  said.forEach((part, i) => {
    if (i > 0 && belongTogether(text, said[i - 1], part)) words[words.length - 1].push(part);
    else words.push([part]);
  });
  return words;
}

function belongTogether(text: string, left: AskedTerms, right: AskedTerms): boolean {
  if (right.start <= left.end && text.charCodeAt(right.start) >= firstUnspaced) return false;
  const gap = text.slice(left.end, right.start);
  return right.origin === 'unit' || within.test(gap) || (isCrossed(left, right) && crossed.test(gap));
}

const isNumber = ({ terms }: AskedTerms): boolean => /^\d/.test(terms[0].term);
/** Whether two numbers are neighbours, with a unit between them at most. */
const isCrossed = (left: AskedTerms, right: AskedTerms): boolean =>
  (left.origin === 'unit' || isNumber(left)) && isNumber(right) && right.first === left.last + 1;

function wordingsOf(text: string, parts: readonly AskedTerms[], others: readonly AskedTerms[]): Wording[] {
  const [start, end] = [parts[0].start, parts[parts.length - 1].end];
  // the numbers of a dimension may each have a unit, or all of them one
  const isDimension = parts.some((part, i) => i > 0 && crossed.test(text.slice(parts[i - 1].end, part.start)));
  const slop = isDimension ? parts.length : 0;
  const inside = others.filter(other => other.end > start && other.start < end);
  const wordings = inside.every(({ beside }) => beside) ? [inSequence(parts, slop)] : [];
  let several = 0;
  for (const other of inside) {
    // of more ways than are asked for (bounds.ts) the first ones; a word may have thousands of parts
    const isWhole = other.start <= start && other.end >= end;
    if (!isWhole && ++several > bounds.alternatives) continue;
    const rest = parts.filter(part => part.end <= other.start || part.start >= other.end);
    const behind = rest.findIndex(part => part.start >= other.end);
    wordings.push(inSequence(rest.toSpliced(behind < 0 ? rest.length : behind, 0, other), slop));
  }
  return wordings;
}

/** The parts of a word one behind the other, as far apart as they are in the text. */
function inSequence(parts: readonly AskedTerms[], slop: number): Wording {
  if (parts.length === 1) return { terms: parts[0].terms, anywhere: parts[0].anywhere, slop: 0 };
  const terms: PlacedTerm[] = [];
  let from = 0;
  parts.forEach((part, i) => {
    if (i > 0) from += part.first - parts[i - 1].last;
    for (const placed of part.terms) terms.push({ ...placed, position: from + placed.position });
    from = terms[terms.length - 1].position;
  });
  return { terms, ...(parts.some(({ anywhere }) => anywhere) && { anywhere: true }), slop };
}

/** Stretches that a rule replaces by others: no word of them is asked for. */
function replacedWords(said: readonly AskedTerms[], others: readonly AskedTerms[]): Wording[][] {
  const replaced = new Map<number, Wording[]>();
  for (const other of others) {
    if (other.beside || said.some(({ start, end }) => start < other.end && end > other.start)) continue;
    const wordings = replaced.get(other.start) ?? [];
    wordings.push(inSequence([other], 0));
    replaced.set(other.start, wordings);
  }
  return [...replaced.values()];
}
