/** Reports a word as a span of the text, in UTF-16 units. */
export type SpanSink = (start: number, end: number) => void;

/** Kinds of characters that a change of ends a word. Numbers from `firstOther` on are blocks of Unicode, a script each. */
const kind = { none: 0, digit: 1, latin: 2, greek: 3, cyrillic: 4, han: 5, firstOther: 6 } as const;

/** First code units of the blocks above Cyrillic whose letters are a script of their own; what Unicode leaves between them belongs to the one before. */
const blocks: readonly number[] = [
  0x530, 0x590, 0x600, 0x700, 0x780, 0x7c0, 0x800, 0x840, 0x900, 0x980, 0xa00, 0xa80, 0xb00, 0xb80, 0xc00, 0xc80, 0xd00,
  0xd80, 0xe00, 0xe80, 0xf00, 0x1000, 0x10a0, 0x1100, 0x1200, 0x13a0, 0x1400, 0x1680, 0x16a0, 0x1700, 0x1780, 0x1800,
];
/** Arabic, Georgian, Myanmar and others go on in later blocks. */
const again: readonly (readonly [from: number, to: number, first: number])[] = [
  [0x750, 0x77f, 0x600],
  [0x870, 0x8ff, 0x600],
  [0x1950, 0x1cff, 0x1800],
  [0x2d00, 0x2d2f, 0x10a0],
  [0x3130, 0x318f, 0x1100],
  [0xa960, 0xa97f, 0x1100],
  [0xa9e0, 0xa9ff, 0x1000],
  [0xaa60, 0xaa7f, 0x1000],
  [0xac00, 0xd7ff, 0x1100],
  [0xd800, 0xdfff, 0],
  [0xfb00, 0xfb12, 0],
  [0xfb13, 0xfb17, 0x530],
  [0xfb1d, 0xfb4f, 0x590],
  [0xfb50, 0xfefc, 0x600],
];

const letterOrMark = /[\p{L}\p{M}\p{Nl}]/u;

/** Kind by UTF-16 unit; marks that all scripts share, signs and halves of astral characters have none. 64 KB */
function makeKinds(): Uint8Array {
  const table = new Uint8Array(0x10000);
  const set = (from: number, to: number, value: number): void => {
    for (let code = from; code <= to; code++) if (letterOrMark.test(String.fromCharCode(code))) table[code] = value;
  };
  set(0x41, 0x24f, kind.latin);
  set(0x250, 0x2af, kind.latin);
  set(0x370, 0x3ff, kind.greek);
  set(0x400, 0x52f, kind.cyrillic);
  for (const [i, from] of blocks.entries()) set(from, (blocks[i + 1] ?? 0x1950) - 1, kind.firstOther + i);
  set(0x1c80, 0x1c8f, kind.cyrillic);
  set(0x1d00, 0x1eff, kind.latin);
  set(0x1f00, 0x1fff, kind.greek);
  set(0x2c60, 0x2c7f, kind.latin);
  set(0x2de0, 0x2dff, kind.cyrillic);
  set(0x2e80, 0x9fff, kind.han);
  set(0xa640, 0xa69f, kind.cyrillic);
  set(0xa720, 0xa7ff, kind.latin);
  set(0xf900, 0xfaff, kind.han);
  for (const [from, to, first] of again) set(from, to, first === 0 ? 0 : kind.firstOther + blocks.indexOf(first));
  set(0x1dc0, 0x1dff, kind.none);
  set(0x300, 0x36f, kind.none);
  set(0x302a, 0x302f, kind.none);
  set(0x3099, 0x309c, kind.none);
  table.fill(kind.digit, 0x30, 0x3a);
  return table;
}

/** Made when the first text that needs it comes. */
let kinds: Uint8Array | undefined;

const isAlphabet = (of: number): boolean => of >= kind.latin && of <= kind.cyrillic;

/**
 * Where a word that holds letters of several scripts changes from one to the next. Digits go with Latin, Greek and Cyrillic letters (model
 * numbers) and part from all others. A single Greek letter beside Latin ones is a sign (µm, kΩ).
 * @returns the places within [start, end) where a piece begins, without `start`
 */
function changes(kinds: Uint8Array, text: string, start: number, end: number): number[] {
  const found: number[] = [];
  let present: number = kind.none;
  for (let i = start; i < end; i++) {
    const next = kinds[text.charCodeAt(i)];
    if (next === kind.none || next === present) continue;
    const together =
      present === kind.none ||
      (present === kind.digit && isAlphabet(next)) ||
      (next === kind.digit && isAlphabet(present)) ||
      isSign(kinds, text, i, start, end, present, next);
    if (!together) found.push(i);
    if (!(next === kind.digit && isAlphabet(present))) present = next;
  }
  return found;
}

/** Whether one Greek letter stands alone among Latin ones, on either side of the change at a place. */
function isSign(
  kinds: Uint8Array,
  text: string,
  at: number,
  start: number,
  end: number,
  before: number,
  next: number,
): boolean {
  if (before + next !== kind.greek + kind.latin) return false;
  const greekAt = next === kind.greek ? at : at - 1;
  const isGreek = (i: number): boolean => i >= start && i < end && kinds[text.charCodeAt(i)] === kind.greek;
  return !isGreek(greekAt - 1) && !isGreek(greekAt + 1);
}

/** What is no part of a word where it comes to stand at an end of one. */
const joiner = /^['\u2018\u2019"_.:,;\xb7\u200c]$/;

/** Reports the pieces of a word, each of one script. */
export function cutScripts(text: string, start: number, end: number, sink: SpanSink): void {
  kinds ??= makeKinds();
  const places = changes(kinds, text, start, end);
  if (places.length === 0) {
    sink(start, end);
    return;
  }
  let from = start;
  for (const place of [...places, end]) {
    let to = place;
    while (to > from && joiner.test(text[to - 1])) to--;
    if (to > from) sink(from, to);
    from = place;
  }
}
