import { normaliseText, splitWords } from './normalise.js';
import { scriptRunCutter } from './script-runs.js';

/** Distinct training units (runs of one script) with their counts; work grows with these, not with the corpus. */
export interface Units {
  /** int32, code points of all units one after the other */
  readonly symbols: Int32Array;
  /** int32 [n + 1], where unit i begins in `symbols` */
  readonly starts: Int32Array;
  /** float64 [n], how often unit i stands in the corpus */
  readonly counts: Float64Array;
}

/** How often each word (with its word mark) stands in the texts. */
export function countWords(texts: Iterable<string>): Map<string, number> {
  const counts = new Map<string, number>();
  for (const text of texts) {
    for (const word of splitWords(normaliseText(text))) counts.set(word, (counts.get(word) ?? 0) + 1);
  }
  return counts;
}

/**
 * The most frequent characters that together make up the wanted share of all; ties by code point.
 * @param coverage  (0, 1]; .9995 in SentencePiece
 * @returns character -> count, most frequent first
 */
export function coveredCharacters(words: ReadonlyMap<string, number>, coverage: number): Map<string, number> {
  const counts = new Map<string, number>();
  let total = 0;
  for (const [word, count] of words) {
    for (const character of word) {
      counts.set(character, (counts.get(character) ?? 0) + count);
      total += count;
    }
  }
  const ordered = [...counts].sort((a, b) => b[1] - a[1] || a[0].codePointAt(0)! - b[0].codePointAt(0)!);
  const kept = new Map<string, number>();
  let covered = 0;
  for (const [character, count] of ordered) {
    if (covered >= coverage * total) break;
    kept.set(character, count);
    covered += count;
  }
  return kept;
}

/** Cuts words into units over the alphabet; sorted, so that the order of the texts plays no part in the sums of training. */
export function unitsOf(words: ReadonlyMap<string, number>, alphabet: ReadonlySet<string>): Units {
  const runsOf = scriptRunCutter(alphabet);
  const counts = new Map<string, number>();
  for (const [word, count] of words) {
    for (const run of runsOf(word)) counts.set(run, (counts.get(run) ?? 0) + count);
  }
  return packUnits([...counts].sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Lays strings and their counts out as Units. */
export function packUnits(entries: readonly (readonly [string, number])[]): Units {
  const starts = new Int32Array(entries.length + 1);
  const symbols: number[] = [];
  entries.forEach(([text], i) => {
    for (const character of text) symbols.push(character.codePointAt(0)!);
    starts[i + 1] = symbols.length;
  });
  return { symbols: Int32Array.from(symbols), starts, counts: Float64Array.from(entries, entry => entry[1]) };
}
