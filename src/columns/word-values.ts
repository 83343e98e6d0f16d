import { type Token, termsAt } from '../text/analyzer.js';
import { placeTerms } from '../text/known-forms.js';
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
export type WordRun = readonly {
  /** the word in all its forms; at least one */
  readonly terms: readonly string[];
  /** from that of the first word */
  readonly offset: number;
}[];

/** The words of a value that is asked for. @returns undefined where it has none */
export function wordRun(value: string, { analyze }: WordChain): WordRun | undefined {
  const tokens = analyze(value);
  if (tokens.length === 0) return undefined;
  return tokens.map(token => ({ terms: placeTerms(token), offset: token.position - tokens[0].position }));
}

/** Those of several values; values without words have none. */
export const wordRuns = (values: readonly string[], chain: WordChain): WordRun[] =>
  values.map(value => wordRun(value, chain)).filter(run => run !== undefined);

/** Whether the words stand in a text of these tokens; a finer part and a variant stand where their word does. */
export function holdsRun(tokens: readonly Token[], run: WordRun): boolean {
  const holds = (token: Token | undefined, terms: readonly string[]): boolean =>
    token !== undefined && termsAt(token).some(term => terms.includes(term));
  const [first, ...others] = run;
  return tokens.some(
    start =>
      holds(start, first.terms) &&
      others.every(({ terms, offset }) =>
        holds(
          tokens.find(({ position }) => position === start.position + offset),
          terms,
        ),
      ),
  );
}

/** Of a text that is kept cut, the words of what is left of it. */
const analyzeKept = (kept: string, { analyze }: WordChain): readonly Token[] => analyze(kept.slice(0, mostUnits));

/** Characters that are analysed between two words about it; a short text costs as much as some dozens. */
const unitsTold = 2048;
const unitsOf = (text: string): number => text.length + 16;

/** The distinct texts of an attribute by their words. */
export class WordValues {
  private readonly byTerm = new Map<string, number[]>();
  /** terms and their places: a measure of memory */
  size = 1;

  private constructor(
    private readonly valueAt: (ordinal: number) => string,
    private readonly chain: WordChain,
  ) {}

  /** Reads the texts. @yields the characters that were analysed since it last did */
  static *of(count: number, valueAt: (ordinal: number) => string, chain: WordChain): Generator<number, WordValues> {
    const values = new WordValues(valueAt, chain);
    let units = 0;
    for (let ordinal = 0; ordinal < count; ordinal++) {
      const text = valueAt(ordinal);
      for (const token of analyzeKept(text, chain))
        for (const term of termsAt(token)) values.size += values.note(term, ordinal);
      units += unitsOf(text);
      if (units < unitsTold) continue;
      yield units;
      units = 0;
    }
    return values;
  }

  /** Ordinals of the texts that hold the words, rising. @yields as scanValues */
  *find(run: WordRun): Generator<number, readonly number[]> {
    const lists = run.map(({ terms }) => this.holding(terms));
    const shortest = lists.reduce((least, list) => (list.length < least.length ? list : least));
    return run.length === 1 ? shortest : yield* scanValues(shortest, this.valueAt, [run], this.chain);
  }

  /** Ordinals of the texts that hold any of some terms, rising. */
  private holding(terms: readonly string[]): readonly number[] {
    const lists = terms.flatMap(term => this.byTerm.get(term) ?? []);
    return terms.length === 1 ? lists : [...new Set(lists)].sort((a, b) => a - b);
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
  const digits = run.flatMap(({ terms }) => (terms.length > 1 ? [] : (terms[0].match(/[0-9]+/g) ?? [])));
  const longest = digits.reduce((most, each) => (each.length > most.length ? each : most), '');
  return longest.length < longDigits ? undefined : longest;
}

/**
 * Of some texts, those that hold the words, each looked at: the answer of WordValues without its memory.
 * @yields the characters that were analysed since it last did
 */
export function* scanValues(
  ordinals: Iterable<number>,
  valueAt: (ordinal: number) => string,
  runs: readonly WordRun[],
  chain: WordChain,
): Generator<number, number[]> {
  const found: number[] = [];
  let units = 0;
  for (const ordinal of ordinals) {
    const text = valueAt(ordinal);
    const tokens = analyzeKept(text, chain);
    if (runs.some(run => holdsRun(tokens, run))) found.push(ordinal);
    units += unitsOf(text);
    if (units < unitsTold) continue;
    yield units;
    units = 0;
  }
  return found;
}
