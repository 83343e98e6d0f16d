import type { DocumentRow } from '../src/config/rows.js';
import type { PseudoQueryConfig } from '../src/config/training.js';
import type { Random } from '../src/math/random.js';
import { addTypingError, letterCount } from './typing-error.js';
import { createTypedWordSplitter, isUnspaced } from './words.js';

/** Fewest letters of a word that gets a typing error: shorter ones would no longer be recognised. */
const typableLetters = 4;

/** Words of all titles, one after the other; a word is stored once. */
interface WordLists {
  readonly words: readonly string[];
  /** uint8 [words]: 1 = script without spaces */
  readonly unspaced: Uint8Array;
  /** uint8 [words]: 1 = long enough for a typing error */
  readonly typable: Uint8Array;
  /** uint32 [documents + 1]: where a title begins in `ids` and `weights` */
  readonly starts: Uint32Array;
  /** uint32 [all positions]: word at a position */
  readonly ids: Uint32Array;
  /** float32 [all positions]: 1 + demand, 0 where the title has the word already further left */
  readonly weights: Float32Array;
}

/**
 * Makes the source of pseudo-queries: what somebody could have typed who wants this document, drawn from its own title.
 *
 * The number of words is uniform in 1..maxWords, at most the words of the title. A `spanShare` of them are contiguous spans; the others are
 * distinct words drawn without replacement, each with probability proportional to 1 + demand. Half of these stand in the order of the title,
 * as in copied names; half in the order drawn, which puts first what people ask for most, as those do who type from memory. A `typoShare`
 * gets one typing error. Words in scripts without spaces are joined without them.
 *
 * @param texts   a document's title, [documents]
 * @param demand  word -> how often training queries ask for it; see countDemand
 * @returns a function of the document's index and the random source; '' for a title without words
 */
export function createPseudoQueries(
  texts: readonly string[],
  demand: ReadonlyMap<string, number>,
  config: PseudoQueryConfig,
): (document: number, random: Random) => string {
  const lists = listWords(texts, demand);
  // reused by every call: positions chosen, and the weights that are left
  const chosen = new Uint32Array(config.maxWords);
  const left = new Float64Array(longestTitle(lists));
  return (document, random) => {
    const start = lists.starts[document];
    const length = lists.starts[document + 1] - start;
    if (length === 0) return '';
    const wanted = 1 + random.below(Math.min(config.maxWords, length));
    const span = random.next() < config.spanShare;
    const count = span
      ? chooseSpan(start, length, wanted, chosen, random)
      : chooseSubset(lists, start, length, wanted, chosen, left, random);
    if (!span && random.next() < 0.5) chosen.subarray(0, count).sort();
    const mistyped = random.next() < config.typoShare ? pickTypable(lists, chosen, count, random) : -1;
    return joinWords(lists, chosen, count, mistyped, random);
  };
}

/**
 * Pseudo-queries of whole documents: of the title, or of the description as often where there is one; of the other where one has no words.
 * @param documents  read for their title and description
 */
export function createDocumentQueries(
  documents: readonly Pick<DocumentRow, 'title' | 'description'>[],
  demand: ReadonlyMap<string, number>,
  config: PseudoQueryConfig,
): (document: number, random: Random) => string {
  const fromTitle = createPseudoQueries(
    documents.map(({ title }) => title),
    demand,
    config,
  );
  const descriptions = documents.map(({ description = '' }) => description);
  if (descriptions.every(description => description === '')) return fromTitle;
  const fromDescription = createPseudoQueries(descriptions, demand, config);
  return (document, random) => {
    if (descriptions[document] === '') return fromTitle(document, random);
    const [first, second] = random.next() < 0.5 ? [fromDescription, fromTitle] : [fromTitle, fromDescription];
    return first(document, random) || second(document, random);
  };
}

function listWords(texts: readonly string[], demand: ReadonlyMap<string, number>): WordLists {
  const split = createTypedWordSplitter();
  const idOf = new Map<string, number>();
  const ids: number[] = [];
  const weights: number[] = [];
  const starts = new Uint32Array(texts.length + 1);
  for (const [document, text] of texts.entries()) {
    const seen = new Set<string>();
    for (const word of split(text)) {
      let id = idOf.get(word);
      if (id === undefined) {
        id = idOf.size;
        idOf.set(word, id);
      }
      ids.push(id);
      weights.push(seen.has(word) ? 0 : 1 + (demand.get(word) ?? 0));
      seen.add(word);
    }
    starts[document + 1] = ids.length;
  }
  const words = [...idOf.keys()];
  return {
    words,
    unspaced: Uint8Array.from(words, word => Number(isUnspaced(word))),
    typable: Uint8Array.from(words, word => Number(letterCount(word) >= typableLetters)),
    starts,
    ids: Uint32Array.from(ids),
    weights: Float32Array.from(weights),
  };
}

function longestTitle({ starts }: WordLists): number {
  let longest = 0;
  for (let i = 1; i < starts.length; i++) longest = Math.max(longest, starts[i] - starts[i - 1]);
  return longest;
}

function chooseSpan(start: number, length: number, wanted: number, chosen: Uint32Array, random: Random): number {
  const first = start + random.below(length - wanted + 1);
  for (let i = 0; i < wanted; i++) chosen[i] = first + i;
  return wanted;
}

/** @returns how many were chosen: fewer than wanted where the title has fewer distinct words */
function chooseSubset(
  { weights }: WordLists,
  start: number,
  length: number,
  wanted: number,
  chosen: Uint32Array,
  left: Float64Array,
  random: Random,
): number {
  let distinct = 0;
  for (let i = 0; i < length; i++) {
    left[i] = weights[start + i];
    if (left[i] > 0) distinct++;
  }
  const count = Math.min(wanted, distinct);
  for (let n = 0; n < count; n++) {
    const at = drawWeighted(left, length, random);
    chosen[n] = start + at;
    left[at] = 0;
  }
  return count;
}

/** @returns an index in [0, length) with probability weight / sum of weights; the sum is above 0 */
function drawWeighted(weights: Float64Array, length: number, random: Random): number {
  let total = 0;
  for (let i = 0; i < length; i++) total += weights[i];
  let rest = random.next() * total;
  let last = 0;
  for (let i = 0; i < length; i++) {
    if (weights[i] === 0) continue;
    if (rest < weights[i]) return i;
    rest -= weights[i];
    last = i;
  }
  // rounding may leave a grain of the sum over
  return last;
}

/** @returns the number of a chosen word that is long enough, each as likely, or -1 */
function pickTypable({ ids, typable }: WordLists, chosen: Uint32Array, count: number, random: Random): number {
  let fit = 0;
  for (let i = 0; i < count; i++) fit += typable[ids[chosen[i]]];
  if (fit === 0) return -1;
  let skip = random.below(fit);
  for (let i = 0; i < count; i++) if (typable[ids[chosen[i]]] === 1 && skip-- === 0) return i;
  return -1;
}

function joinWords(
  { words, unspaced, ids }: WordLists,
  chosen: Uint32Array,
  count: number,
  mistyped: number,
  random: Random,
): string {
  let query = '';
  for (let i = 0; i < count; i++) {
    const id = ids[chosen[i]];
    if (i > 0 && !(unspaced[id] === 1 && unspaced[ids[chosen[i - 1]]] === 1)) query += ' ';
    query += i === mistyped ? addTypingError(words[id], random) : words[id];
  }
  return query;
}
