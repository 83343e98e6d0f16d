/** Letters that have no decomposition in Unicode, and what people type who do not have them. */
export const plainLetters: Readonly<Record<string, string>> = {
  ß: 'ss',
  æ: 'ae',
  œ: 'oe',
  ø: 'o',
  đ: 'd',
  ð: 'd',
  þ: 'th',
  ł: 'l',
  ı: 'i',
  ħ: 'h',
  ŧ: 't',
  ŋ: 'n',
  ə: 'e',
  ǝ: 'e',
  ɛ: 'e',
  ɔ: 'o',
  ɗ: 'd',
  ɓ: 'b',
  ƙ: 'k',
  ƴ: 'y',
  ɨ: 'i',
  ʉ: 'u',
  // Cyrillic letters that many keyboards lack
  ё: 'е',
  ѐ: 'е',
  ѝ: 'и',
  ґ: 'г',
  ә: 'а',
  ғ: 'г',
  қ: 'к',
  ң: 'н',
  ө: 'о',
  ұ: 'у',
  ү: 'у',
  һ: 'х',
};

const ascii = /^[\0-\x7f]*$/;
/** A Latin or Greek letter with its marks; marks elsewhere make other letters, but for stress on a Cyrillic one. */
const accented =
  /[\u00c0-\u02af\u0370-\u03ff\u1e00-\u1fff\u2c60-\u2c7f\ua720-\ua7ff][\u0300-\u036f]*|(?<=[a-z\u0400-\u052f])[\u0300-\u036f]+|[\u0400-\u052f]/g;
const ofAlphabet = /[\u00c0-\u036f\u0370-\u052f\u1e00-\u1fff\u2c60-\u2c7f\ua720-\ua7ff]/;
const bareLetters = new Map<string, string>();

function bareLetter(written: string): string {
  const known = bareLetters.get(written);
  if (known !== undefined) return known;
  const isCyrillic = /^[\u0400-\u052f]/.test(written);
  const letter = isCyrillic ? written : written.normalize('NFD').replace(/[\u0300-\u036f]/g, '');
  const bare = plainLetters[letter] ?? letter;
  if (written.length <= 2) bareLetters.set(written, bare);
  return bare;
}

const beyondAlphabets = /[\u0591-\u06ff\u0900-\u0dff\u08d3-\u08ff\u1200-\u135f]/;

/** Ethiopic letters that Amharic speaks alike, and so writes for one another: rows of the syllabary, and how far each is from the one it is taken for. */
const homophones = /[\u1210-\u1217\u1220-\u1227\u1280-\u1287\u12d0-\u12d6\u1340-\u1346]/g;
const asSpoken = (letter: string): string => {
  const code = letter.charCodeAt(0);
  const row = code & 0xfff8;
  const away = row === 0x1210 ? -0x10 : row === 0x1220 ? 0x10 : row === 0x1280 ? -0x80 : row === 0x12d0 ? -0x30 : -8;
  return String.fromCharCode(code + away);
};
/** In the first order and the fourth some of them sound alike too: ha and haa, a and aa. */
const likeFourth = /[\u1200\u12a0]/g;

/**
 * A nasal before a consonant of its own row, which the scripts of India write as a letter without a vowel or as a dot: हिन्दी, हिंदी. Their blocks of
 * Unicode have one order: Devanagari, Bengali, Gujarati, Oriya, Telugu, Kannada.
 */
const dottedNasals: readonly (readonly [RegExp, string])[] = [0x900, 0x980, 0xa80, 0xb00, 0xc00, 0xc80].map(block => {
  const at = (offset: number): string => String.fromCharCode(block + offset);
  const rows = [0x15, 0x1a, 0x1f, 0x24, 0x2a].map(
    first => `${at(first + 4)}${at(0x4d)}(?=[${at(first)}-${at(first + 3)}])`,
  );
  return [new RegExp(rows.join('|'), 'g'), at(2)] as const;
});
const ofIndia = /[\u094d\u09cd\u0acd\u0b4d\u0c4d\u0ccd]/;
const withDots = (word: string): string =>
  ofIndia.test(word) ? dottedNasals.reduce((dotted, [nasal, dot]) => dotted.replace(nasal, dot), word) : word;

/** Signs of other scripts that writers leave out or change for one another: vowels and stretching of Arabic and Hebrew, hamza, dots, nasals. */
function bareSigns(word: string): string {
  if (/[\u1200-\u135f]/.test(word))
    return word
      .replace(homophones, asSpoken)
      .replace(likeFourth, letter => String.fromCharCode(letter.charCodeAt(0) + 3));
  return withDots(word)
    .replace(/[\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7]/g, '')
    .replace(/[\u0610-\u061a\u0640\u064b-\u065f\u0670\u06d6-\u06dc\u06df-\u06e8\u06ea-\u06ed\u08d3-\u08ff]/g, '')
    .replace(/[\u0622\u0623\u0625\u0671]/g, '\u0627')
    .replace(/[\u0649\u06cc]/g, '\u064a')
    .replace(/\u06a9/g, '\u0643')
    .replace(/[\u0629\u06c0\u06c1\u06c2\u06c3\u06d5]/g, '\u0647')
    .replace(/\u0624/g, '\u0648')
    .replace(/\u0626/g, '\u064a')
    .replace(/[\u093c\u09bc\u0a3c\u0abc\u0b3c\u0cbc]/g, '')
    .replace(/\u0a70/g, '\u0a02')
    .replace(/[\u0901\u0981\u0a01\u0a81\u0b01\u0c01\u0c81]/g, sign => String.fromCharCode(sign.charCodeAt(0) + 1));
}

/** A word as people type it who leave out accents and other signs, in whatever language. @param word  in its normal form */
export function bareForm(word: string): string {
  if (ascii.test(word)) return word;
  const letters = ofAlphabet.test(word) ? word.replace(accented, bareLetter) : word;
  return beyondAlphabets.test(letters) ? bareSigns(letters) : letters;
}

/** Whether a word without signs is ranked apart from one with them: where writers know the difference. */
export const tellsAccents = (word: string): boolean => ofAlphabet.test(word);

/** Two letters for one, as Germanic languages and Finnish write their vowels where a keyboard lacks them. */
const twoLetters: Readonly<Record<string, string>> = { ä: 'ae', ö: 'oe', ü: 'ue', å: 'aa', ø: 'oe', æ: 'ae' };
const oneLetter = /[äöüåøæ]/;

/** Mueller, Aarhus, smoerrebroed: a word with these vowels in two letters; undefined where it has none. */
export const twoLetterForm = (word: string): string | undefined =>
  oneLetter.test(word) ? word.replace(/[äöüåøæ]/g, letter => twoLetters[letter]) : undefined;
