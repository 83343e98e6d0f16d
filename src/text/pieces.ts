import { unitsOf } from './units.js';

/** Shortest word that parts a text: of one letter are units, and the x of a dimension. */
const shortest = 2;
/** Stands before the rim of a tyre, as R does. */
const rim = 'zr';
/** How many words before the x of a dimension its number may stand: three, and the `degrees` of a temperature, which its scale takes the place of. */
const reach = 4;

/**
 * What stands between two spaces, by what it has to do with the words beside it: `other` may be anything, `bounded` begins with a letter or a digit and ends with
 * one or with a sign that belongs to it, `apart` is a word of letters that no number has to do with, or several that a sign joins.
 */
const [other, bounded, apart] = [0, 1, 2];

const space = (code: number): boolean => code === 0x20 || (code >= 9 && code <= 13);
const asciiLetter = (code: number): boolean => (code | 0x20) >= 0x61 && (code | 0x20) <= 0x7a;
const digit = (code: number): boolean => code >= 0x30 && code <= 0x39;
/** Latin letters that no normal form takes apart into a space and a mark. */
const accented = (code: number): boolean => code >= 0xc0 && code < 0x180 && code !== 0xd7 && code !== 0xf7;
const opens = (code: number): boolean => asciiLetter(code) || digit(code) || accented(code);
/** . , ) " ' % ! ? ; and the signs for trade marks */
const closing = new Set(Array.from('.,)"\'%!?;\u00ae\u2122', sign => sign.charCodeAt(0)));
const closes = (code: number): boolean => opens(code) || closing.has(code);

/** What a character of ASCII is to the words beside it. */
const [letter, blank, figure, joins, sign] = [0, 1, 2, 3, 4];
const classes = Uint8Array.from({ length: 128 }, (_, code) =>
  asciiLetter(code)
    ? letter
    : space(code)
      ? blank
      : digit(code)
        ? figure
        : /[-/&]/.test(String.fromCharCode(code))
          ? joins
          : sign,
);

/**
 * Takes a piece of a text. One that ends with a space stood before a number, which belongs to the next one: an x counts on it.
 * @param hash  int32, the same for the same piece
 */
export type PieceSink = (text: string, start: number, end: number, hash: number) => void;

/** Step of a hash (FNV-1a). */
const mixed = (hash: number, code: number): number => Math.imul(hash ^ code, 0x01000193);
const emptyHash = 0x811c9dc5 | 0;

/** Bits of a letter of Latin among 26, and of all. */
const letterBit = (code: number): number => 1 << (code & 31);
const allLetters = -1;

/** Whether a word is a number whatever stands beside it, or begins and ends with one: 12, 3.5, 1/2, 10-1/4. */
function isPlainNumber(text: string, start: number, end: number): boolean {
  let [points, behindDigit] = [0, false];
  for (let at = start; at < end; at++) {
    const code = text.charCodeAt(at);
    if (digit(code)) {
      behindDigit = true;
      continue;
    }
    if (!behindDigit || (code !== 0x2d && code !== 0x2e && code !== 0x2f)) return false;
    points = code === 0x2e ? points + 1 : 0;
    if (points > 1) return false;
    behindDigit = false;
  }
  return behindDigit;
}

/** Words in lower case, told from most others by a bit for their hash. */
function wordFilter(words: ReadonlySet<string>): (hash: number, text: string, start: number, end: number) => boolean {
  const bits = new Uint8Array(2 ** 12);
  const place = (hash: number): number => (hash ^ (hash >>> 15)) & (bits.length - 1);
  for (const word of words) {
    let hash = emptyHash;
    for (let i = 0; i < word.length; i++) hash = mixed(hash, word.charCodeAt(i));
    bits[place(hash)] = 1;
  }
  return (hash, text, start, end) => bits[place(hash)] === 1 && words.has(text.slice(start, end).toLowerCase());
}

/**
 * Makes what cuts a text into pieces, between spaces, so that what the analysis (analyzer.ts, the present one without a dictionary) makes of the text is what it
 * makes of the pieces one behind the other. Numbers have to do with the words beside them (measures.ts), and words without spaces stay together; so a cut
 * stands where a word of letters alone, two at least and no unit, or several that a sign joins, has another such or something bounded beside it, and no x of a dimension looks over it for
 * its number. Another cut is behind an x with a number behind it (12 in. x | 4 ft.): which number it is makes no difference there.
 * @param language  of a chain
 */
export function pieceCutter(language: string): (text: string, sink: PieceSink) => void {
  const { attached, spaced, behind, crosses, powers } = unitsOf(language);
  const isOfNumbers = wordFilter(
    new Set([...attached.keys(), ...spaced.keys(), ...behind.keys(), ...crosses, ...powers, rim]),
  );
  // letters of Latin belong to a word of Latin, but not to the Cyrillic х: gardenх is two words
  const cross = new RegExp(
    [...crosses].map(word => (/^[a-z]+$/.test(word) ? `(?<![a-z])${word}(?![a-z])` : word)).join('|'),
    'iu',
  );
  const crossEnds = [...crosses].reduce((bits, word) => {
    const last = word.charCodeAt(word.length - 1);
    return bits | (asciiLetter(last) ? letterBit(last) : 0);
  }, 0);
  const [starts, ends, kinds, hashes, letters, wordBefore]: number[][] = [[], [], [], [], [], []];
  const mayCut: boolean[] = [];
  /** whether something of it may be a number, or not be seen through */
  const numeric: boolean[] = [];
  const plainNumber: boolean[] = [];

  const read = (text: string): number => {
    let count = 0;
    for (let at = 0; at < text.length; ) {
      while (at < text.length && space(text.charCodeAt(at))) at++;
      if (at === text.length) break;
      const start = at;
      // words of letters so far, each long enough and none of numbers; and where the present one began
      let areWords = true;
      let hasDigit = false;
      let bits = 0;
      let wordStart = at;
      let hash = emptyHash;
      let lowerHash = emptyHash;
      for (; at < text.length; at++) {
        const code = text.charCodeAt(at);
        const kind = code < 128 ? classes[code] : sign;
        if (kind === letter) {
          bits |= letterBit(code);
          lowerHash = mixed(lowerHash, code | 0x20);
        } else if (kind === blank) break;
        else {
          if (kind === joins && areWords) {
            areWords = at - wordStart >= shortest && !isOfNumbers(lowerHash, text, wordStart, at);
            wordStart = at + 1;
            lowerHash = emptyHash;
          } else areWords = false;
          hasDigit ||= kind === figure || code > 0x7f;
          if (code > 0x7f) bits = allLetters;
        }
        hash = mixed(hash, code);
      }
      const first = text.charCodeAt(start);
      const isBounded =
        (opens(first) || (first === 0x28 && start + 1 < at && opens(text.charCodeAt(start + 1)))) &&
        closes(text.charCodeAt(at - 1));
      const isApart = areWords && at - wordStart >= shortest && !isOfNumbers(lowerHash, text, wordStart, at);
      starts[count] = start;
      ends[count] = at;
      kinds[count] = isApart ? apart : isBounded ? bounded : other;
      hashes[count] = hash;
      letters[count] = bits;
      numeric[count] = hasDigit || !isBounded;
      plainNumber[count] = hasDigit && bits === 0 && digit(first) && isPlainNumber(text, start, at);
      wordBefore[count] = count === 0 ? -1 : kinds[count - 1] === other ? wordBefore[count - 1] : count - 1;
      count++;
    }
    return count;
  };

  /** The farthest number that an x here may have to do with; the same place where there is none. What may hold no word does not count as one. */
  const farthestNumber = (place: number): number => {
    let from = place;
    for (let at = place, words = 0; words < reach; words++) {
      const word = wordBefore[at];
      if (word + 1 < at) from = word + 1;
      if (word < 0) break;
      if (numeric[word]) from = word;
      // what stands before it is farther still
      if (plainNumber[word]) break;
      at = word;
    }
    return from;
  };

  const isBehindCross = (text: string, place: number): boolean =>
    plainNumber[place] &&
    // 4.0 behind an x is 4
    !(text.charCodeAt(ends[place] - 1) === 0x30 && text.slice(starts[place], ends[place]).includes('.')) &&
    starts[place] === ends[place - 1] + 1 &&
    text.charCodeAt(ends[place - 1]) === 0x20 &&
    crosses.has(text.slice(starts[place - 1], ends[place - 1]).toLowerCase());

  return (text, sink) => {
    const count = read(text);
    for (let i = 0; i < count; i++) {
      const before = i === 0 ? other : kinds[i - 1];
      const kind = i === 0 ? other : kinds[i];
      mayCut[i] = (before === apart && kind !== other) || (kind === apart && before !== other);
      if (kinds[i] === apart || (letters[i] & crossEnds) === 0) continue;
      const from = farthestNumber(i);
      if (from === i || !cross.test(text.slice(starts[i], ends[i]))) continue;
      for (let j = from + 1; j <= i; j++) mayCut[j] = false;
    }
    for (let from = 0; from < count; ) {
      let to = from + 1;
      let hash = hashes[from];
      while (to < count && !mayCut[to] && !isBehindCross(text, to)) hash = mixed(hash, hashes[to++]);
      if (to === count || mayCut[to]) sink(text, starts[from], ends[to - 1], hash);
      else sink(text, starts[from], ends[to - 1] + 1, mixed(hash, 0x20));
      from = to;
    }
  };
}
