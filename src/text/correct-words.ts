import type { Analyzer, Token } from './analyzer.js';
import { editCost } from './edit-cost.js';
import { spelled, type Vocabulary } from './vocabulary.js';
import { wordKey } from './word-key.js';

/** A word of a query that no document knows, or hardly any. */
export interface DoubtfulWord {
  readonly token: Token;
  /** as it is typed, in normal form */
  readonly written: string;
  /** by which documents know it; absent where none does */
  readonly term?: string;
}

/** What was meant instead of a word, as if that had been typed. */
export interface Correction {
  /** as documents write it; absent where the index knows terms alone */
  readonly word?: string;
  readonly tokens: readonly Token[];
}

/** A correction stands in at least so many documents of an index that is not small: else it is chance, or a fault too. */
const leastKnown = 3;
const smallIndex = 1000;
/** Letters of the shortest word that is corrected, and from which on two edits are allowed. */
const shortest = 3;
const shortestTwoEdits = 7;
/** Words that are looked at closely for one. */
const mostCandidates = 8;
/** Other words of the query that a correction should stand beside, the nearest ones, and how far from it. */
const mostBeside = 4;
const mostApart = 16;

/**
 * How likely a correction must be at least, see `likelihood`, by letters of the word: the longer it is, the less it is like another by chance. Of three letters
 * only what stands beside other words of the query is taken.
 */
const leastLikely = (letters: number): number =>
  letters <= 3 ? -1.5 : letters === 4 ? -4 : -4.3 - Math.min(6, letters - 5);

/** So much less likely it may be where no other word of the query is known: nothing would be found without it, and one document may hold it. */
const leastAlone = 3;
/** What one edit costs at most (edit-cost.ts): of two a word is not so sure. */
const mostOfOneEdit = 5.5;

/** A larger index knows more words, and of more faults: so much of the logarithm of its documents counts against a word. */
const shareOfSize = 0.3;
/** Of the documents that hold another form of a word, so many count for the word. */
const shareOfForms = 0.1;
/** Documents that are added to those that were counted, with as many of the other word as any: a few prove nothing. */
const smoothing = 20;
/** How much more likely, by its logarithm, a correction must be than a word that documents know. */
const leastMore = 1;
/** Largest logarithm of how much more often than by chance two words share a document. */
const mostLift = 3;

interface Candidate extends Correction {
  readonly documents: number;
  readonly cost: number;
  /** the first term of it that documents hold */
  readonly term: string;
}

/**
 * Corrects words to those that documents write, by how many documents write them, by how likely they are typed so, and by how many
 * documents hold them with the other words of the query: P(typed | word) P(word), a noisy channel (Kernighan, Church & Gale 1990) whose prior knows the query.
 * The most certain word is corrected first and is one of the other words then. A word that some document knows is corrected only towards one that is much
 * more likely.
 * @param beside  terms of the words that documents hold, in the order of the query, by position
 */
export function correctWords(
  doubtful: readonly DoubtfulWord[],
  beside: ReadonlyMap<number, string>,
  analyzer: Analyzer,
  vocabulary: Vocabulary,
): ReadonlyMap<Token, Correction> {
  const known = new Map(beside);
  // what a rare word is corrected to needs no proof where no word of the query finds anything
  const isNothingKnown = known.size === 0;
  const least = isNothingKnown || vocabulary.documents < smallIndex ? 1 : leastKnown;
  const open = doubtful.map(word => ({ word, candidates: candidatesFor(word, analyzer, vocabulary, least) }));
  const certainty = ({ candidates: [best] }: (typeof open)[number]): number => (best === undefined ? 0 : alone(best));
  open.sort((a, b) => certainty(b) - certainty(a));
  const corrections = new Map<Token, Correction>();
  for (const { word, candidates } of open) {
    const { token } = word;
    const terms = nearestTerms(known, token.position);
    const chosen = best(candidates, terms, word, vocabulary, isNothingKnown ? leastAlone : 0);
    if (chosen === undefined) continue;
    corrections.set(token, chosen);
    known.set(token.position, chosen.term);
  }
  return corrections;
}

const alone = ({ documents, cost }: Candidate): number => Math.log(documents) - cost;

function nearestTerms(known: ReadonlyMap<number, string>, position: number): string[] {
  const others = [...known].filter(([at]) => at !== position && Math.abs(at - position) <= mostApart);
  const byDistance = others.sort(([a], [b]) => Math.abs(a - position) - Math.abs(b - position) || a - b);
  return [...new Set(byDistance.map(([, term]) => term))].slice(0, mostBeside);
}

function best(
  candidates: readonly Candidate[],
  beside: readonly string[],
  { written, term }: DoubtfulWord,
  vocabulary: Vocabulary,
  allowance: number,
): Candidate | undefined {
  const letters = pointsIn(wordKey(written)).length;
  let chosen: Candidate | undefined;
  let most = leastLikely(letters) - allowance;
  if (term !== undefined) {
    const asTyped = { tokens: [], term, documents: vocabulary.df(term), cost: 0 };
    most = Math.max(most, likelihood(asTyped, beside, vocabulary) + leastMore);
  }
  for (const candidate of candidates) {
    if (candidate.term === term || (letters <= 3 && !standsBeside(candidate, beside, vocabulary))) continue;
    const score = likelihood(candidate, beside, vocabulary);
    if (candidate.cost > mostOfOneEdit && score < leastLikely(letters)) continue;
    if (score < most || (score === most && chosen !== undefined)) continue;
    most = score;
    chosen = candidate;
  }
  return chosen;
}

const standsBeside = ({ term }: Candidate, beside: readonly string[], { sharing }: Vocabulary): boolean =>
  beside.some(other => sharing(term, other) > 0);

/**
 * Natural logarithm of the documents that write a word, less the cost of its edits and a share of the size of the index, and how much more often than by
 * chance it shares a document with the other words of the query; several count as the root of their number, for they depend on each other.
 */
function likelihood(candidate: Candidate, beside: readonly string[], { df, documents, sharing }: Vocabulary): number {
  const holding = df(candidate.term);
  const lifts = beside.map(other => {
    const expected = df(other) / Math.max(1, documents);
    const lift = (sharing(candidate.term, other) + smoothing * expected) / ((holding + smoothing) * expected);
    return Math.min(mostLift, Math.log(lift));
  });
  const lift = lifts.length === 0 ? 0 : lifts.reduce((sum, each) => sum + each, 0) / Math.sqrt(lifts.length);
  return alone(candidate) + lift - shareOfSize * Math.log(Math.max(1, documents));
}

/** The likeliest words within the edits that are allowed, ties by the order of the words. @param least  documents that hold one */
function candidatesFor(
  { token, written }: DoubtfulWord,
  analyzer: Analyzer,
  vocabulary: Vocabulary,
  least: number,
): Candidate[] {
  const key = wordKey(written);
  const typed = pointsIn(key);
  if (typed.length < shortest) return [];
  const edits = typed.length < shortestTwoEdits ? 1 : 2;
  const found: Candidate[] = [];
  const seen = new Set<string>();
  for (const word of vocabulary.near(key, token.term, edits)) {
    if (!spelled.test(word.word) || seen.has(word.word)) continue;
    seen.add(word.word);
    const cost = editCost(typed, pointsIn(wordKey(word.word)));
    const tokens = word.term === undefined ? analyzer.analyze(word.word) : [{ ...token, term: word.term }];
    const term = tokens.find(each => vocabulary.df(each.term) > 0)?.term;
    if (term === undefined || tokens.some(({ stop }) => stop)) continue;
    const df = vocabulary.df(term);
    if (df < least) continue;
    found.push({
      ...(word.term === undefined && { word: word.word }),
      tokens,
      term,
      documents: word.documents + shareOfForms * df,
      cost,
    });
  }
  return found.sort((a, b) => alone(b) - alone(a) || (a.term < b.term ? -1 : 1)).slice(0, mostCandidates);
}

const pointsIn = (word: string): number[] => Array.from(word, letter => letter.codePointAt(0) as number);
