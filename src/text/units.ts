import { normalise } from './normalise.js';
import { createStemmer } from './stem.js';
import { everywhere, ofLanguage } from './unit-words.js';

/** How a language writes units of measure. */
export interface Units {
  /** letters right behind a number -> name of the unit */
  readonly attached: ReadonlyMap<string, Unit>;
  /** words after a number -> name */
  readonly spaced: ReadonlyMap<string, Unit>;
  /** names that stand before another unit: square, cubic */
  readonly powers: ReadonlySet<string>;
  /** signs right behind a number -> name, longer ones first */
  readonly signs: ReadonlyMap<string, Unit>;
  /** words between the numbers of a dimension */
  readonly crosses: ReadonlySet<string>;
  /** words behind a unit that make it a square or a cube */
  readonly behind: ReadonlyMap<string, Unit>;
}

/** Terms of a unit, the same in all languages: one, or two where it is the square or cube of another. */
export type Unit = readonly string[];

/** Single letters that are a unit after a space too, but for those that are words of a language. */
const letters = 'm l g w v a h м л г';
const letterWords: Readonly<Record<string, string>> = {
  en: 'h',
  fr: 'a l m',
  es: 'a',
  pt: 'a',
  it: 'a l',
  ca: 'a l',
  gl: 'a',
  ro: 'a',
  hu: 'a',
  pl: 'a w',
  cs: 'a v',
  sk: 'a v',
  sl: 'a v',
  hr: 'a',
};

/** What stands between two numbers of a dimension, beside x. */
const crosses: Readonly<Record<string, string>> = {
  en: 'by',
  de: 'mal auf',
  fr: 'par sur',
  es: 'por',
  pt: 'por',
  it: 'per',
  nl: 'bij',
  sv: 'gånger',
  ru: 'на',
  uk: 'на',
  pl: 'na',
  cs: 'na krát',
};

/** Square and cubic, where they stand behind their unit. */
const behind = `
  square: carré carrés carre carres cuadrado cuadrados quadrato quadrati quadro quadri quadrado quadrados;
  cubic: cube cubes cúbico cúbicos cubico cubicos cubo cubi
`;

const stem = createStemmer('en') ?? ((word: string): string => word);
/** The term of degrees, which the scale behind it takes the place of. */
export const degree = stem('degree');

const unitOf = (name: string): Unit => name.split('_').map(stem);
/** `inch: in inch; foot: ft` as forms with their units. */
const formsOf = (table: string): [string, Unit][] =>
  table.split(';').flatMap(row => {
    const [name, forms] = row.trim().split(': ');
    return forms.split(' ').map(form => [normalise(form, 'und').text, unitOf(name)] as [string, Unit]);
  });

/** Signs of all languages; NFKC writes the double prime as two primes, and a word's quotation marks stand on both of its sides. */
const signs = new Map<string, Unit>([
  ...[
    "''",
    '\u2032\u2032',
    '\u2019\u2019',
    '\u2018\u2018',
    '\u00b4\u00b4',
    '"',
    '\u201d',
    '\u201c',
    '\u201f',
    '\u02dd',
    '\u3003',
  ].map(sign => [sign, unitOf('inch')] as [string, Unit]),
  ...["'", '\u2019', '\u2018', '\u2032', '\u00b4'].map(sign => [sign, unitOf('foot')] as [string, Unit]),
  ['%', unitOf('percent')],
]);

/** What a language without a table of its own knows: the words of English, and those whose script says which language they are of. */
const neutralForms = (): [string, Unit][] => [
  ...formsOf(ofLanguage.en),
  ...Object.values(ofLanguage)
    .flatMap(formsOf)
    .filter(([form]) => !/\p{Script=Latin}/u.test(form)),
];

/** The units of a language. */
export function unitsOf(language: string): Units {
  const own = ofLanguage[language];
  const attached = new Map([...formsOf(everywhere), ...(own === undefined ? neutralForms() : formsOf(own))]);
  const taken = new Set((letterWords[language] ?? '').split(' '));
  const single = new Set(letters.split(' ').filter(letter => !taken.has(letter)));
  const spaced = [...attached].filter(
    ([form]) =>
      (form.length > 1 && (form !== 'in' || !hasIn.has(language))) || single.has(form) || !/[a-zа-я]/.test(form),
  );
  return {
    attached,
    spaced: new Map(spaced),
    powers: new Set(['squar', 'cubic']),
    signs,
    behind: new Map(language === 'en' ? [] : formsOf(behind)),
    crosses: new Set(['x', 'х', ...(crosses[language] ?? '').split(' ').filter(word => word !== '')]),
  };
}

/** Languages in which `in` is another word than inch, more often than not after a number too. */
const hasIn = new Set(['de', 'nl', 'it', 'la']);
