import { editsWithin } from '../lexical/edit-distance.js';
import { pointsOf } from '../lexical/near-terms.js';
import type { Query } from '../query/query.js';
import type { Analyzer, Token } from '../text/analyzer.js';
import { type AskedTerms, findsByTerm, oneTerm, type PlacedTerm } from '../text/asked-terms.js';
import { accentFold } from '../text/fold.js';
import type { MarkedSpan } from '../text/fragments.js';
import { typedTerm } from '../text/known-forms.js';
import { withoutStopWords } from '../text/stop-words.js';

/** What a leaf of a query asks to be marked in a text. */
export type Mark = { readonly fields?: readonly string[] } & (
  | { readonly terms: ReadonlySet<string> }
  | { readonly phrase: readonly PlacedTerm[]; readonly slop: number }
  | { readonly prefix: string }
  | { readonly near: string; readonly edits: 1 | 2 }
);

/** What the text of a bag asks for; its own words, or also those that it was mended by. */
export type AskedBy = (text: string) => readonly Pick<AskedTerms, 'terms' | 'apart'>[];

/** Edits allowed by the length of a term where a query does not say. */
const editsOf = (term: string): 0 | 1 | 2 => (term.length < 3 ? 0 : term.length < 6 ? 1 : 2);

/** The words of a text folded but not stemmed, as prefixes are. */
function foldedWords(text: string, analyzer: Analyzer): string[] {
  const spelled = analyzer.steps(text).find(({ name }) => name === 'letter variants');
  const fold = accentFold(analyzer.language);
  return (spelled?.tokens ?? []).map(({ term }) => fold(term));
}

/** Marks of a query at most, and of these such as every term of a text is held against. */
const mostMarks = 256;
const mostPatterns = 32;

/**
 * The marks of a query: those of its leaves that a document is found by, so none of `mustNot` nor of filters. Of a query with more leaves than
 * a person writes the first ones.
 * @param analyzer  of the query's language
 * @param askedBy  what a bag asks for; the terms of its analysis when absent
 */
export function marksOf(query: Query, analyzer: Analyzer, askedBy?: AskedBy): Mark[] {
  let patterns = 0;
  return leafMarks(query, analyzer, askedBy)
    .filter(mark => !('prefix' in mark || 'near' in mark) || patterns++ < mostPatterns)
    .slice(0, mostMarks);
}

function leafMarks(query: Query, analyzer: Analyzer, askedBy: AskedBy | undefined): Mark[] {
  const analyze = (text: string): Token[] => analyzer.analyze(text);
  if ('bag' in query) {
    const { text, fields } = query.bag;
    return bagMarks(
      askedBy?.(text) ?? withoutStopWords(analyze(text)).map(({ term }) => ({ terms: oneTerm(term) })),
      fields,
    );
  }
  if ('phrase' in query) {
    const { text, fields, slop = 0 } = query.phrase;
    const phrase = analyze(text).map((token): PlacedTerm => ({ ...typedTerm(token)[0], position: token.position }));
    return phrase.length === 0 ? [] : [{ fields, phrase, slop }];
  }
  if ('prefix' in query) {
    const { text, fields } = query.prefix;
    return foldedWords(text, analyzer).map(prefix => ({ fields, prefix }));
  }
  if ('fuzzy' in query) {
    const { text, fields, edits } = query.fuzzy;
    return analyze(text).map(({ term }): Mark => {
      const allowed = edits ?? editsOf(term);
      return allowed === 0 ? { fields, terms: new Set([term]) } : { fields, near: term, edits: allowed };
    });
  }
  if ('bool' in query) {
    const { must = [], should = [] } = query.bool;
    return [...must, ...should].flatMap(inner => leafMarks(inner, analyzer, askedBy));
  }
  return [];
}

/** Words are marked wherever they stand, a way to write one in several where these stand together. */
function bagMarks(asked: ReturnType<AskedBy>, fields: Mark['fields']): Mark[] {
  const [single, phrases] = [asked.filter(findsByTerm), asked.filter(each => !findsByTerm(each))];
  const terms = new Set(single.flatMap(each => each.terms.map(({ term }) => term)));
  return [{ fields, terms }, ...phrases.map((each): Mark => ({ fields, phrase: each.terms, slop: 0 }))];
}

/** Terms of a text that are marked wherever they stand. */
function markedTerms(tokens: readonly Token[], marks: readonly Mark[]): Set<string> {
  const marked = new Set<string>();
  const patterns: ((term: string) => boolean)[] = [];
  for (const mark of marks) {
    if ('terms' in mark) for (const term of mark.terms) marked.add(term);
    else if ('prefix' in mark) patterns.push(term => term.startsWith(mark.prefix));
    else if ('near' in mark) {
      const near = pointsOf(mark.near);
      patterns.push(term => {
        const points = pointsOf(term);
        return editsWithin(near.data, near.length, points.data, points.length, mark.edits);
      });
    }
  }
  if (patterns.length === 0) return marked;
  for (const term of new Set(tokens.map(token => token.term))) if (patterns.some(fits => fits(term))) marked.add(term);
  return marked;
}

/** Steps that the matches of all phrases in one text may take: a text that is one word, a hundred thousand times, ends there. */
const mostSteps = 250_000;

const formsOf = ({ term, others = [] }: PlacedTerm): readonly string[] => [term, ...others];
/** What is left of them. */
export interface PhraseWork {
  steps: number;
}
export const phraseWork = (): PhraseWork => ({ steps: mostSteps });

/** Numbers of the tokens of each term that stands in a phrase. */
function placesOf(tokens: readonly Token[], marks: readonly Mark[]): Map<string, number[]> {
  const places = new Map<string, number[]>();
  for (const mark of marks)
    if ('phrase' in mark) for (const word of mark.phrase) for (const term of formsOf(word)) places.set(term, []);
  if (places.size > 0)
    tokens.forEach(({ term }, i) => {
      places.get(term)?.push(i);
    });
  return places;
}

/** Rising. */
function placesOfAny(terms: readonly string[], places: ReadonlyMap<string, readonly number[]>): readonly number[] {
  const lists = terms.flatMap(term => places.get(term) ?? []);
  return terms.length === 1 ? lists : lists.sort((a, b) => a - b);
}

interface PhraseMatch {
  /** numbers of its tokens, in the order of the phrase */
  readonly tokens: readonly number[];
  readonly moves: number;
}

/**
 * The matches of a phrase. Where every term would begin the phrase at the same position, nothing need move; otherwise each moves to one common
 * position, and the nearest ones to it make the match. The best common position is that of one of the terms.
 * @param places  by term of the phrase, numbers of its tokens
 */
function* phraseMatches(
  tokens: readonly Token[],
  phrase: readonly PlacedTerm[],
  slop: number,
  places: readonly (readonly number[])[],
  work: PhraseWork,
): IterableIterator<PhraseMatch> {
  if (places.some(({ length }) => length === 0)) return;
  const begin = (slot: number, i: number): number => tokens[places[slot][i]].position - phrase[slot].position;
  const slots = slop === 0 ? [0] : phrase.map((_, slot) => slot);
  const most = Math.ceil(Math.max(0, work.steps) / phrase.length);
  const starts = slots.flatMap(slot => places[slot].slice(0, most).map((_, i) => begin(slot, i)));
  const nearest = places.map(() => 0);
  for (const start of [...new Set(starts.sort((a, b) => a - b))].slice(0, most)) {
    work.steps -= phrase.length;
    let moves = 0;
    const match = places.map((at, slot) => {
      let i = nearest[slot];
      while (i + 1 < at.length && Math.abs(begin(slot, i + 1) - start) <= Math.abs(begin(slot, i) - start)) i++;
      nearest[slot] = i;
      moves += Math.abs(begin(slot, i) - start);
      return at[i];
    });
    if (moves <= slop && new Set(match).size === match.length) yield { tokens: match, moves };
  }
}

/** A token, and where its analysis finds them, finer terms inside it that a document is found by too. */
interface MarkedWord extends Token {
  readonly parts?: readonly Pick<Token, 'term' | 'start' | 'end'>[];
}

/** Parts stand behind their word, at its position; so do its variants. */
function withParts(words: readonly MarkedWord[]): readonly Token[] {
  if (words.every(({ parts, variants }) => parts === undefined && variants === undefined)) return words;
  return words
    .flatMap(({ parts = [], variants = [], ...word }): Token[] => [
      word,
      ...variants.map(({ term, piece }) => ({ ...word, term, ...piece })),
      ...parts.map(part => ({ ...part, position: word.position })),
    ])
    .sort((a, b) => a.start - b.start || b.end - a.end);
}

/**
 * The spans of a text that the marks ask for. Neighbours that match a phrase together are one span, with what stands between them.
 * @param words  of the text, from the analyzer of its language
 * @param longest  units of a span that is made of several tokens at most
 * @param work  of the phrases of a text, where these words are a part of it
 * @returns in order and apart
 */
export function markSpans(
  words: readonly MarkedWord[],
  marks: readonly Mark[],
  longest: number,
  work: PhraseWork = phraseWork(),
): MarkedSpan[] {
  const tokens = withParts(words);
  const terms = markedTerms(tokens, marks);
  const marked = tokens.map(({ term }) => terms.has(term));
  const joined = new Uint8Array(tokens.length); // whether a token belongs together with the one behind it
  const places = placesOf(tokens, marks);
  for (const mark of marks) {
    if (!('phrase' in mark)) continue;
    const { phrase, slop } = mark;
    const byTerm = phrase.map(word => placesOfAny(formsOf(word), places));
    for (const match of phraseMatches(tokens, phrase, slop, byTerm, work)) joinMatch(tokens, match, marked, joined);
  }
  return spansOf(tokens, marked, joined, longest);
}

/** Marks the tokens of a match, and joins those that stand as the phrase says: all of them, or neighbours where some have moved. */
function joinMatch(
  tokens: readonly Token[],
  { tokens: match, moves }: PhraseMatch,
  marked: boolean[],
  joined: Uint8Array,
): void {
  for (const i of match) marked[i] = true;
  const inOrder = [...match].sort((a, b) => a - b);
  for (let place = 1; place < inOrder.length; place++) {
    const [left, right] = [inOrder[place - 1], inOrder[place]];
    const close = right === left + 1 && tokens[right].position - tokens[left].position <= 1;
    if (moves === 0 || close) joined.fill(1, left, right);
  }
}

function spansOf(
  tokens: readonly Token[],
  marked: readonly boolean[],
  joined: Uint8Array,
  longest: number,
): MarkedSpan[] {
  const spans: { start: number; end: number; terms: string[] }[] = [];
  let linked = false; // with the marked token before
  tokens.forEach(({ term, start, end }, i) => {
    linked &&= joined[i - 1] === 1;
    if (!marked[i]) return;
    const last = spans.at(-1);
    // two words may come of one character: their spans are the same
    const overlaps = last !== undefined && start < last.end;
    if (last !== undefined && (overlaps || (linked && end - last.start <= longest))) {
      last.end = Math.max(last.end, end);
      last.terms.push(term);
    } else spans.push({ start, end, terms: [term] });
    linked = true;
  });
  return spans;
}
