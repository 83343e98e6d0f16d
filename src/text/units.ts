/** How a language writes units of measure. */
export interface Units {
  /** letters right behind a number -> name of the unit */
  readonly attached: ReadonlyMap<string, string>;
  /** words after a number -> name */
  readonly spaced: ReadonlyMap<string, string>;
  /** names that stand before another unit: square, cubic */
  readonly powers: ReadonlySet<string>;
  /** signs right behind a number -> name, longer ones first */
  readonly signs: ReadonlyMap<string, string>;
}

/** Names of units and how people write them; a single letter counts as a unit only right behind the number (60w, not "60 w"). */
const english: Readonly<Record<string, string>> = {
  inch: 'in inch inches',
  foot: 'ft foot feet',
  yard: 'yd yds yard yards',
  gallon: 'gal gals gallon gallons',
  quart: 'qt qts quart quarts',
  pound: 'lb lbs pound pounds',
  ounce: 'oz ounce ounces',
  square: 'sq square',
  cubic: 'cu cubic',
  watt: 'w watt watts',
  volt: 'v volt volts',
  amp: 'amp amps ampere amperes',
};

const names = (table: Readonly<Record<string, string>>): Map<string, string> =>
  new Map(Object.entries(table).flatMap(([name, forms]) => forms.split(' ').map(form => [form, name] as const)));

/** The units of a language; none where it has no table. */
export function unitsOf(language: string): Units {
  if (language !== 'en') return { attached: new Map(), spaced: new Map(), powers: new Set(), signs: new Map() };
  const attached = names(english);
  return {
    attached,
    spaced: new Map([...attached].filter(([form]) => form.length > 1)),
    powers: new Set(['square', 'cubic']),
    // NFKC writes the double prime as two primes.
    signs: new Map([
      ["''", 'inch'],
      ['\u2032\u2032', 'inch'],
      ['"', 'inch'],
      ['\u201d', 'inch'],
      ["'", 'foot'],
      ['\u2019', 'foot'],
      ['\u2032', 'foot'],
    ]),
  };
}
