import type { Word } from './word.js';

/** a side of a fraction or of a ratio */
const short = /^\d{1,3}$/;
const sign = /^(?: ?\/ ?|:| : )$/;
/** before a fraction that it counts with: 10 1/4, 10-1/4 */
const whole = /^[1-9]\d{0,2}$/;
const behindWhole = /^(?: {1,2}|-)$/;
const belowOne = /^0\.\d+$/;

/** What people write fractions of: halves of halves, and tenths. Their decimals end. */
const halved = new Set([2, 4, 8, 16, 32, 64]);
const parted = new Set([...halved, 5, 10]);
/** Memory of a device beside its storage, 8/256; sizes from one to another, 36/38: two numbers, which people write apart too. */
const storage = new Set([64, 128, 256, 512]);
const leastSize = 20;

/**
 * What a slash or a colon joins: a fraction is its decimal (3/4 -> 0.75), a ratio is one term (16:9 -> 16/9). A date (12/31/2019), a time (10:20:30), a tyre (205/55) and sizes (36/38) stay apart.
 * @param words  of a text in normal form
 */
export function joinSides(words: readonly Word[], text: string): readonly Word[] {
  if (!/[/:]/.test(text)) return words;
  const joined: Word[] = [];
  const signAt = (i: number): string | undefined =>
    i >= 0 && i + 1 < words.length ? sign.exec(text.slice(words[i].end, words[i + 1].start))?.[0] : undefined;
  for (let i = 0; i < words.length; i++) {
    const [left, right] = [words[i], words[i + 1]];
    const between = signAt(i);
    const alone = between !== undefined && signAt(i + 1) === undefined && signAt(i - 1) === undefined;
    if (!alone || !short.test(left.term) || !short.test(right.term) || areApart(left, right, between, words[i + 2])) {
      joined.push(left);
      continue;
    }
    const term = decimalOf(left.term, right.term) ?? `${left.term}/${right.term}`;
    joined.push({ term, start: left.start, end: right.end });
    i++;
  }
  return joined;
}

/** @param next  the word behind them */
function areApart(left: Word, right: Word, between: string, next: Word | undefined): boolean {
  if (!between.includes('/')) return false;
  const [a, b] = [Number(left.term), Number(right.term)];
  if (left.term.length > 2) return true;
  if (/^[gt]b$/.test(next?.term ?? '')) return true;
  if (a >= b) return false;
  return (storage.has(b) && (!halved.has(b) || a % 2 === 0)) || (a >= leastSize && (!halved.has(b) || a % 2 === 0));
}

/** Undefined where it is no fraction below 1, or its decimals have no end. */
function decimalOf(left: string, right: string): string | undefined {
  const [a, b] = [Number(left), Number(right)];
  return a > 0 && a < b && parted.has(b) ? String(a / b) : undefined;
}

/**
 * A whole number with the fraction behind it, 10 1/4: 10.25.
 * @param words  as measures.ts leaves them
 * @returns undefined where two neighbours are none
 */
export function mixedNumber(before: Word, fraction: Word, text: string): string | undefined {
  if (!belowOne.test(fraction.term) || !whole.test(before.term) || before.kept) return undefined;
  const isFraction = text.slice(fraction.start, fraction.end).includes('/');
  return isFraction && behindWhole.test(text.slice(before.end, fraction.start))
    ? before.term + fraction.term.slice(1)
    : undefined;
}
