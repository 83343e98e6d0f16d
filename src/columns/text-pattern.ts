import { type BitSet, setBit } from '../math/bit-set.js';
import { lowerBound } from './document-set.js';
import { caseVariants } from './letter-case.js';
import { mostUnits } from './long-text.js';
import type { SortedTexts } from './sorted-texts.js';

/** `*`: any characters or none; `?`: one character, whatever it is. */
type PatternToken = '*' | '?' | number;

/** A pattern: the characters before the first sign, each in the spellings that will do, and what comes behind them. */
export interface TextPattern {
  readonly head: readonly (readonly number[])[];
  /** absent where nothing comes; `any` where whatever does will do */
  readonly tail?: 'any' | Automaton;
}

/** `\` takes the meaning from the sign behind it: `\*`, `\?`, `\\`. */
export const escapePattern = (text: string): string => text.replace(/[*?\\]/g, '\\$&');

/** @param written  a text with `*`, `?` and `\` */
export function parsePattern(written: string, ignoreCase: boolean): TextPattern {
  const tokens = readTokens(written);
  const spellings = (point: number): readonly number[] => (ignoreCase ? caseVariants(point) : [point]);
  const first = tokens.findIndex(token => typeof token === 'string');
  const literal = first < 0 ? tokens : tokens.slice(0, first);
  const head = literal.map(token => spellings(token as number));
  if (first < 0) return { head };
  const rest = tokens.slice(first);
  return { head, tail: rest.every(token => token === '*') ? 'any' : new Automaton(rest, spellings) };
}

function readTokens(written: string): PatternToken[] {
  const tokens: PatternToken[] = [];
  for (const [sign] of written.matchAll(/\\[*?\\]|./gsu)) {
    if (sign.length > 1 && sign.startsWith('\\')) tokens.push(sign.charCodeAt(1));
    else tokens.push(sign === '*' || sign === '?' ? sign : (sign.codePointAt(0) as number));
  }
  return tokens;
}

/** States in one word of the automaton. */
const wordBits = 32;

/**
 * What stands behind the head: a bit for each number of characters of the pattern that may have been read, all of them moved on at once
 * (Shift-And; Baeza-Yates & Gonnet 1992), so that the time is linear in the text whatever the pattern is.
 */
class Automaton {
  /** words of the states: what a character of a text costs */
  readonly words: number;
  private readonly last: number;
  private readonly endsOpen: boolean;
  /** bits of the states in which any characters may follow */
  private readonly stays: Uint32Array;
  /** by character: the states that it leads on from; `others` for those that the pattern does not name */
  private readonly moves = new Map<number, Uint32Array>();
  private readonly others: Uint32Array;
  private readonly latin: Uint32Array[];
  private readonly states: Uint32Array;

  constructor(tokens: readonly PatternToken[], spellings: (point: number) => readonly number[]) {
    const steps = tokens.filter(token => token !== '*');
    this.last = steps.length;
    this.words = Math.floor(steps.length / wordBits) + 1;
    const none = (): Uint32Array => new Uint32Array(this.words);
    [this.stays, this.others, this.states] = [none(), none(), none()];
    let state = 0;
    for (const token of tokens) {
      if (token === '*') setBit(this.stays, state);
      else if (token === '?') setBit(this.others, state++);
      else state++;
    }
    this.endsOpen = tokens.at(-1) === '*';
    steps.forEach((step, at) => {
      if (step === '?') return;
      for (const point of spellings(step as number)) {
        if (!this.moves.has(point)) this.moves.set(point, this.others.slice());
        setBit(this.moves.get(point) as Uint32Array, at);
      }
    });
    this.latin = Array.from({ length: 256 }, (_, point) => this.moves.get(point) ?? this.others);
  }

  /** Whether the text matches from a place on. @param end  nothing behind it is read */
  matches(text: string, from: number, end: number): boolean {
    const { states, stays, words, last, endsOpen } = this;
    states.fill(0);
    states[0] = 1;
    const isLast = (): boolean => ((states[last >>> 5] >>> (last & 31)) & 1) === 1;
    for (let at = from; at < end; at++) {
      if (endsOpen && isLast()) return true;
      let point = text.charCodeAt(at);
      if (point > 0xff) {
        point = text.codePointAt(at) as number;
        if (point > 0xffff) at++;
      }
      const moves = point < 256 ? this.latin[point] : (this.moves.get(point) ?? this.others);
      let carried = 0;
      let alive = 0;
      for (let word = 0; word < words; word++) {
        const moved = states[word] & moves[word];
        states[word] = (moved << 1) | carried | (states[word] & stays[word]);
        carried = moved >>> 31;
        alive |= states[word];
      }
      if (alive === 0) return false;
    }
    return isLast();
  }
}

/** Texts that begin alike, and how many units they have in common. */
interface Stretch {
  readonly from: number;
  readonly to: number;
  readonly units: number;
}

/** The texts that begin with the head, in each of its spellings that there is. */
function stretchesOf(texts: SortedTexts, { head }: TextPattern): readonly Stretch[] {
  let found = [{ from: 0, to: texts.count, begin: '' }];
  const narrow = ({ from, to, begin }: (typeof found)[number], more: string): typeof found => {
    const wanted = begin + more;
    const first = from + lowerBound(to - from, i => texts.value(from + i) < wanted);
    const end = first + lowerBound(to - first, i => texts.value(first + i).startsWith(wanted));
    return first < end ? [{ from: first, to: end, begin: wanted }] : [];
  };
  let at = 0;
  while (at < head.length && found.length > 0) {
    // characters that are written in one way alone are looked for together
    let more = '';
    while (at < head.length && head[at].length === 1) more += String.fromCodePoint(head[at++][0]);
    if (more !== '') found = found.flatMap(stretch => narrow(stretch, more));
    if (at === head.length) break;
    const spellings = head[at++];
    found = found.flatMap(stretch => spellings.flatMap(point => narrow(stretch, String.fromCodePoint(point))));
  }
  return found.map(({ from, to, begin }) => ({ from, to, units: begin.length }));
}

/** What looking for a pattern takes, in characters: those of the texts, as often as the pattern is long in words of the automaton. */
export function patternWork(texts: SortedTexts, pattern: TextPattern): number {
  const { tail } = pattern;
  if (tail === undefined || tail === 'any') return 0;
  return stretchesOf(texts, pattern).reduce(
    (sum, { from, to }) => sum + tail.words * texts.unitsBetween(from, to) + textUnits * (to - from),
    0,
  );
}

/** Characters that can be read in the time that beginning a text takes, about. */
const textUnits = 8;

/** Marks the texts that match. Of a long one what is kept of its beginning is read. @param marks  a bit for each ordinal */
export function markMatching(texts: SortedTexts, pattern: TextPattern, marks: BitSet): void {
  const { tail } = pattern;
  for (const { from, to, units } of stretchesOf(texts, pattern)) {
    // a text that is its head alone stands before all that begin so; of ids one may stand there twice
    if (tail === undefined) {
      for (let at = from; at < to && texts.value(at).length === units; at++) setBit(marks, at);
      continue;
    }
    if (tail === 'any') for (let ordinal = from; ordinal < to; ordinal++) setBit(marks, ordinal);
    else
      texts.eachText(from, to, (text, start, end, ordinal) => {
        if (tail.matches(text, start + units, Math.min(end, start + mostUnits))) setBit(marks, ordinal);
      });
  }
}
