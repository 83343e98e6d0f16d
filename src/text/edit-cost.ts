/** Rows of keyboards, of each alphabet from above: neighbours are easily hit for one another. */
const keyboards: readonly (readonly string[])[] = [
  ['qwertyuiop', 'asdfghjkl', 'zxcvbnm'],
  ['йцукенгшщзхъ', 'фывапролджэ', 'ячсмитьбю'],
  ['ςερτυθιοπ', 'ασδφγηξκλ', 'ζχψωβνμ'],
];

/** Letters that sound alike, or that people take for one another. */
const alike: readonly string[] = [
  'aeiouy',
  'ckqs',
  'csz',
  'fv',
  'gj',
  'dt',
  'bp',
  'mn',
  'vw',
  'аеиоуыэюя',
  'бп',
  'вф',
  'гкх',
  'дт',
  'жш',
  'зсц',
  'мн',
  'шщ',
  'αεηιουω',
  'βπφ',
  'γκχ',
  'δτθ',
  'ζσ',
];

/** Pairs of letters, both ways. */
function pairsOf(): { readonly beside: Set<number>; readonly alike: Set<number> } {
  const [beside, similar] = [new Set<number>(), new Set<number>()];
  const add = (pairs: Set<number>, a: string | undefined, b: string | undefined): void => {
    if (a === undefined || b === undefined || a === b) return;
    pairs.add(pairOf(a.charCodeAt(0), b.charCodeAt(0)));
    pairs.add(pairOf(b.charCodeAt(0), a.charCodeAt(0)));
  };
  for (const rows of keyboards)
    rows.forEach((row, at) => {
      [...row].forEach((letter, i) => {
        for (const other of [row[i + 1], rows[at + 1]?.[i - 1], rows[at + 1]?.[i]]) add(beside, letter, other);
      });
    });
  for (const letters of alike) for (const a of letters) for (const b of letters) add(similar, a, b);
  return { beside, alike: similar };
}

const pairOf = (a: number, b: number): number => a * 0x10000 + b;
const pairs = pairsOf();

/** What an edit costs beside `costs.edit`, which each costs; the slips of every hand cost less. */
const costs = {
  edit: 3,
  /** two neighbours swapped; a letter doubled, or one of two left out */
  swapped: -1,
  doubled: -1,
  /** a letter left out, or one that stands beside it on the keyboard typed with it, or another one */
  missing: 0.5,
  extraBeside: 0.25,
  extra: 1,
  /** for one that is beside it on the keyboard, for one that sounds alike, for another */
  beside: 0.5,
  alike: 0.5,
  other: 1.5,
  /** the first letter: people look at it */
  first: 1,
} as const;

/**
 * How little likely it is that a word was typed as another: the least sum of the costs of edits that lead from one to the other (optimal string alignment), in
 * natural logarithms.
 * @param typed,meant  code points
 */
export function editCost(typed: readonly number[], meant: readonly number[]): number {
  const [rows, columns] = [typed.length + 1, meant.length + 1];
  const table = new Float64Array(rows * columns);
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < columns; j++) {
      if (i === 0 && j === 0) continue;
      const first = i <= 1 && j <= 1 ? costs.first : 0;
      let least = Number.POSITIVE_INFINITY;
      if (i > 0) least = Math.min(least, table[(i - 1) * columns + j] + extraCost(typed, i - 1) + first);
      if (j > 0) least = Math.min(least, table[i * columns + j - 1] + missingCost(meant, j - 1) + first);
      if (i > 0 && j > 0)
        least = Math.min(least, table[(i - 1) * columns + j - 1] + replaceCost(typed[i - 1], meant[j - 1], first));
      const swapped = i > 1 && j > 1 && typed[i - 1] === meant[j - 2] && typed[i - 2] === meant[j - 1];
      if (swapped)
        least = Math.min(
          least,
          table[(i - 2) * columns + j - 2] + costs.edit + costs.swapped + (i === 2 && j === 2 ? costs.first : 0),
        );
      table[i * columns + j] = least;
    }
  }
  return table[rows * columns - 1];
}

/** Of a letter that was typed and not meant. */
function extraCost(typed: readonly number[], at: number): number {
  const letter = typed[at];
  const besides = [typed[at - 1], typed[at + 1]];
  if (besides.includes(letter)) return costs.edit + costs.doubled;
  return (
    costs.edit + (besides.some(other => pairs.beside.has(pairOf(letter, other))) ? costs.extraBeside : costs.extra)
  );
}

/** Of a letter that was meant and not typed. */
function missingCost(meant: readonly number[], at: number): number {
  const isDouble = meant[at] === meant[at - 1] || meant[at] === meant[at + 1];
  return costs.edit + (isDouble ? costs.doubled : costs.missing);
}

function replaceCost(typed: number, meant: number, first: number): number {
  if (typed === meant) return 0;
  const pair = pairOf(typed, meant);
  const kind = pairs.beside.has(pair) ? costs.beside : pairs.alike.has(pair) ? costs.alike : costs.other;
  return costs.edit + kind + first;
}
