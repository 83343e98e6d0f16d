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
      for (const token of analyzeKept(valueAt(ordinal), chain))
        for (const term of termsAt(token)) size += this.note(term, ordinal);
    }
    this.size = size;
  }

  /** Ordinals of the texts that hold the words, rising. */
  find(run: WordRun): readonly number[] {
    const lists = run.map(({ terms }) => this.holding(terms));
    const shortest = lists.reduce((least, list) => (list.length < least.length ? list : least));
    if (run.length === 1) return shortest;
    return shortest.filter(ordinal => holdsRun(analyzeKept(this.valueAt(ordinal), this.chain), run));
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
