import type { Token } from '../text/analyzer.js';
import { mostUnits } from './long-text.js';

/** What makes words of the values of an attribute, and of what is asked for. */
export interface WordChain {
  /** names the chain with its dictionary: what was found by another one is not taken for its own */
  readonly id: string;
  /** whether a dictionary may make any term of any word */
  readonly hasDictionary: boolean;
  readonly analyze: (text: string) => readonly Token[];
}

/** Words that stand next to one another in a text. */
export type WordRun = readonly { readonly term: string /** from that of the first word */; readonly offset: number }[];

/** The words of a value that is asked for. @returns undefined where it has none */
export function wordRun(value: string, { analyze }: WordChain): WordRun | undefined {
  const tokens = analyze(value);
  if (tokens.length === 0) return undefined;
  return tokens.map(({ term, position }) => ({ term, offset: position - tokens[0].position }));
}

/** Whether the words stand in a text of these tokens; a finer part stands where its word does. */
export function holdsRun(tokens: readonly Token[], run: WordRun): boolean {
  const holds = (token: Token | undefined, term: string): boolean =>
    token !== undefined && (token.term === term || (token.parts?.some(part => part.term === term) ?? false));
  const [first, ...others] = run;
  return tokens.some(
    start =>
      holds(start, first.term) &&
      others.every(({ term, offset }) =>
        holds(
          tokens.find(({ position }) => position === start.position + offset),
          term,
        ),
      ),
  );
}

/** Of a text that is kept cut, the words of what is left of it. */
const analyzeKept = (kept: string, { analyze }: WordChain): readonly Token[] => analyze(kept.slice(0, mostUnits));

/** The distinct texts of an attribute by their words. */
export class WordValues {
  private readonly byTerm = new Map<string, number[]>();
  /** terms and their places: a measure of memory */
  readonly size: number;

  constructor(
    count: number,
    private readonly valueAt: (ordinal: number) => string,
    private readonly chain: WordChain,
  ) {
    let size = 1;
    for (let ordinal = 0; ordinal < count; ordinal++) {
      for (const { term, parts = [] } of analyzeKept(valueAt(ordinal), chain))
        for (const each of [term, ...parts.map(part => part.term)]) size += this.note(each, ordinal);
    }
    this.size = size;
  }

  /** Ordinals of the texts that hold the words, rising. */
  find(run: WordRun): readonly number[] {
    const lists = run.map(({ term }) => this.byTerm.get(term) ?? []);
    const shortest = lists.reduce((least, list) => (list.length < least.length ? list : least));
    if (run.length === 1) return shortest;
    return shortest.filter(ordinal => holdsRun(analyzeKept(this.valueAt(ordinal), this.chain), run));
  }

  private note(term: string, ordinal: number): number {
    const known = this.byTerm.get(term);
    if (known === undefined) {
      this.byTerm.set(term, [ordinal]);
      return 2;
    }
    if (known[known.length - 1] === ordinal) return 0;
    known.push(ordinal);
    return 1;
  }
}

/** A single digit stands in most texts that hold digits. */
const longDigits = 2;

/**
 * The longest run of digits in the words; a text that holds them holds it too: no step of the analysis but a dictionary makes digits.
 * @returns undefined where it says too little, or nothing
 */
export function digitsOf(run: WordRun, { hasDictionary }: WordChain): string | undefined {
  if (hasDictionary) return undefined;
  const digits = run.flatMap(({ term }) => term.match(/[0-9]+/g) ?? []);
  const longest = digits.reduce((most, each) => (each.length > most.length ? each : most), '');
  return longest.length < longDigits ? undefined : longest;
}

/** Of some texts, those that hold the words, each looked at: the answer of WordValues without its memory. */
export function* scanValues(
  ordinals: Iterable<number>,
  valueAt: (ordinal: number) => string,
  runs: readonly WordRun[],
  chain: WordChain,
): IterableIterator<number> {
  for (const ordinal of ordinals) {
    const tokens = analyzeKept(valueAt(ordinal), chain);
    if (runs.some(run => holdsRun(tokens, run))) yield ordinal;
  }
}
