/** What takes the place of an ending in words of more than so many letters. */
type Rule = readonly [over: number, ending: RegExp, instead: string];

const articles: readonly Rule[] = [
  [6, /ият$/, ''],
  [5, /(?:ът|то|те|та|ия)$/, ''],
  [4, /ят$/, ''],
];
const plurals: readonly Rule[] = [
  [6, /овци$/, 'о'],
  [6, /ове$/, ''],
  [6, /еве$/, 'й'],
  [5, /(?:ища|та)$/, ''],
  [5, /ци$/, 'к'],
  [5, /зи$/, 'г'],
  [5, /е(.)и$/, 'я$1'],
  [4, /си$/, 'х'],
  [4, /и$/, ''],
];
/** Each of these, one after the other. */
const endings: readonly Rule[] = [
  [3, /я$/, ''],
  [3, /[аое]$/, ''],
  [4, /ен$/, 'н'],
  [5, /ъ(.)$/, '$1'],
];

function applyFirst(rules: readonly Rule[], word: string): string {
  const found = rules.find(([over, ending]) => word.length > over && ending.test(word));
  return found === undefined ? word : word.replace(found[1], found[2]);
}

/**
 * The light stemmer of Bulgarian: article, plural, gender (Savoy, "Searching strategies for the Bulgarian language", Information Retrieval 10, 2007). Snowball has none.
 * @param word  in lower case
 */
export function stemBulgarian(word: string): string {
  if (word.length < 4) return word;
  if (word.length > 5 && word.endsWith('ища')) return word.slice(0, -3);
  const root = applyFirst(plurals, applyFirst(articles, word));
  return endings.reduce((stem, rule) => applyFirst([rule], stem), root);
}
