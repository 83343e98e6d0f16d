import { nameHint, plainName } from './column-names.js';
import { type ColumnTraits, traitsOf } from './column-traits.js';
import type { ColumnProfile, TableProfile } from './table-profile.js';

/** A column with what its values are like. */
export interface Column extends ColumnProfile {
  readonly traits: ColumnTraits;
  /** rows of the table */
  readonly rows: number;
}

export const describeColumns = ({ rows, columns }: TableProfile): Column[] =>
  columns.map(column => ({ ...column, rows, traits: traitsOf(column.values) }));

/** A column that was chosen for a field, and why. */
export interface Choice {
  readonly column: string;
  /** what speaks for it: `unique in all 952 rows` */
  readonly reason: string;
  /** other columns that fit nearly as well */
  readonly others: readonly string[];
}

/** How well a column fits a field: 0 = not at all. */
type Fit = (column: Column) => number;

/** Fits within this of the best are named beside it. */
const near = 0.75;

export const filled = ({ present, rows }: Column): number => (rows === 0 ? 0 : present / rows);
export const different = ({ distinct, present }: Column): number => (present === 0 ? 0 : distinct / present);
/** Whether every row has a value of its own, as far as was looked. */
export const isUnique = (column: Column): boolean => column.present === column.rows && different(column) === 1;

/** The best column by a fit, of those not taken. */
export function choose(
  columns: readonly Column[],
  fitness: Fit,
  reason: (column: Column) => string,
  taken: ReadonlySet<string> = new Set(),
): Choice | undefined {
  const ranked = columns
    .filter(({ name }) => !taken.has(name))
    .map(column => ({ column, score: fitness(column) }))
    .filter(({ score }) => score > 0)
    .sort((a, b) => b.score - a.score);
  const [best, ...rest] = ranked;
  if (best === undefined) return undefined;
  const others = rest.filter(({ score }) => score >= near * best.score).map(({ column }) => column.name);
  return { column: best.column.name, reason: reason(best.column), others };
}

const grouped = (n: number): string => n.toLocaleString('en-GB');
const rowsOf = ({ present, rows }: Column): string =>
  present === rows ? `all ${grouped(rows)} rows` : `${grouped(present)} of ${grouped(rows)} rows`;
const words = ({ traits }: Column): string =>
  `${traits.meanWords.toFixed(traits.meanWords < 10 ? 1 : 0)} words on average`;

/** Whether values can be ids: short, without spaces between words, one a row. */
const fitsId: Fit = column => {
  const { traits } = column;
  if (filled(column) < 0.99 || traits.structured > 0 || traits.meanLength > 64 || traits.address > 0.5) return 0;
  const hint = nameHint(column.name, 'id');
  const unique = different(column);
  // a name of an id excuses a few repeated values, which are told; without one every value must be of its own
  if (unique < (hint >= 0.5 ? 0.9 : 1)) return 0;
  if (hint === 0 && (traits.meanWords > 1.2 || traits.time > 0.5 || traits.currency > 0)) return 0;
  // measures and amounts are often different in each row
  if (hint < 0.5 && traits.numeric > 0.9 && traits.whole < 1) return 0;
  return (hint + 0.2) * (unique === 1 ? 1 : 0.6) * rank(column.name);
};

/** `id` itself before codes that others gave. */
const rank = (name: string): number => {
  const plain = plainName(name);
  if (
    /^(?:id|sku)$|(?:^| )(?:product|item|document|doc|article|artikel|produkt) ?(?:id|uid|nr|nummer|number)$|^artikelnummer$/.test(
      plain,
    )
  )
    return 1;
  return /^(?:ean|gtin|gtin13|upc|isbn|mpn|handle|number|code|ref)$/.test(plain) ? 0.6 : 0.8;
};

/** Whether values are names of things: a few words, mostly different. */
export const fitsTitle: Fit = column => {
  const { traits } = column;
  if (filled(column) < 0.5 || traits.lettered < 0.5 || traits.structured > 0.1 || traits.address > 0.1) return 0;
  if (traits.picture > 0.2 || traits.numeric > 0.5 || traits.time > 0.5 || traits.meanLength > 400) return 0;
  const hint = nameHint(column.name, 'title');
  // markup is for descriptions, but a column that is called a title may write 5/8&quot;
  if (hint < 0.5 && traits.markup > 0.2) return 0;
  const uniqueness = different(column);
  if (hint === 0 && (uniqueness < 0.5 || traits.meanWords < 1.5)) return 0;
  // of two names the one that says more: a model number finds nothing
  const length = traits.meanWords < 1.5 ? 0.4 : traits.meanWords > 40 ? 0.3 : Math.min(1, 0.7 + traits.meanWords / 30);
  return (hint + 0.25) * length * (0.25 + 0.75 * uniqueness) * filled(column);
};

/** Whether values are prose. */
const fitsDescription: Fit = column => {
  const { traits } = column;
  const hint = nameHint(column.name, 'description');
  if (
    traits.lettered < 0.5 ||
    traits.address > 0.1 ||
    traits.picture > 0.1 ||
    traits.structured > 0.1 ||
    traits.switched > 0.5
  )
    return 0;
  // in many languages the word that tells comes first: `Opis produktu`, `Descripción larga`
  if (hint < 0.5 && traits.meanWords < (hint > 0 ? 4 : 12)) return 0;
  return (hint + 0.2) * Math.min(1, traits.meanWords / 20) * (0.3 + 0.7 * filled(column));
};

const fitsPrice: Fit = column => {
  const { traits } = column;
  const hint = nameHint(column.name, 'price');
  // columns of other amounts (weight, stock) are told from prices by their name or a currency alone
  if (traits.price < 0.5 || (hint < 0.3 && traits.currency < 0.5)) return 0;
  return (Math.max(hint, traits.currency > 0.5 ? 0.5 : 0) + 0.2) * traits.price * filled(column);
};

const fitsImages: Fit = column => {
  const { traits } = column;
  const hint = nameHint(column.name, 'images');
  if (traits.picture < 0.5 && !(hint >= 0.5 && traits.address > 0.5)) return 0;
  const size = /thumb|small|mini|low|icon|klein/i.test(column.name) ? 0.5 : 1;
  return (hint + 0.3) * Math.max(traits.picture, traits.address) * size * (0.3 + 0.7 * filled(column));
};

const fitsCountry: Fit = column => {
  const hint = nameHint(column.name, 'country');
  const elsewhere = /origin|herkunft|made|ursprung|origine|产地|原産/i.test(column.name);
  return hint >= 0.5 && !elsewhere && column.traits.country >= 0.9 && filled(column) >= 0.1 ? hint * filled(column) : 0;
};

const fitsLanguage: Fit = column => {
  const hint = nameHint(column.name, 'language');
  return hint >= 0.5 && column.traits.language >= 0.9 && filled(column) >= 0.1 ? hint * filled(column) : 0;
};

export type DocumentField = 'id' | 'title' | 'description' | 'price' | 'images' | 'country' | 'language';
export type DocumentColumns = Readonly<Partial<Record<DocumentField, Choice>>>;

const percent = (share: number): string => `${Math.round(100 * share)} %`;

/** The columns that hold the fields of documents, each with its reason. */
export function proposeDocumentColumns(columns: readonly Column[]): DocumentColumns {
  const taken = new Set<string>();
  const chosen: Partial<Record<DocumentField, Choice>> = {};
  const take = (field: DocumentField, fit: Fit, reason: (column: Column) => string): void => {
    const choice = choose(columns, fit, reason, taken);
    if (choice === undefined) return;
    chosen[field] = choice;
    taken.add(choice.column);
  };
  take('id', fitsId, column => (isUnique(column) ? uniqueness(column) : repeats(column)));
  take('images', fitsImages, ({ traits }) =>
    traits.picture >= 0.5 ? `${percent(traits.picture)} name pictures` : `${percent(traits.address)} are addresses`,
  );
  take(
    'price',
    fitsPrice,
    column =>
      `${percent(column.traits.price)} are amounts${column.traits.currency > 0 ? `, ${percent(column.traits.currency)} with a currency` : ''}`,
  );
  take('country', fitsCountry, ({ traits }) => `${percent(traits.country)} are countries (ISO 3166)`);
  take('language', fitsLanguage, ({ traits }) => `${percent(traits.language)} are language tags`);
  take('title', fitsTitle, column => `${words(column)} in ${rowsOf(column)}`);
  take('description', fitsDescription, column => `${words(column)} in ${rowsOf(column)}`);
  return chosen;
}

const uniqueness = (column: Column): string =>
  column.exact
    ? `unique in all ${grouped(column.rows)} rows`
    : `unique in the first ${grouped(column.distinct)} rows that were compared`;

const repeats = ({ present, distinct, rows, firstRepeat }: Column): string => {
  const again = present - distinct;
  const missing = rows - present;
  const parts = [
    again > 0 ? `${grouped(again)} of ${grouped(rows)} rows repeat one, first row ${firstRepeat?.line}` : '',
    missing > 0 ? `${grouped(missing)} rows have none` : '',
  ];
  return parts.filter(part => part !== '').join('; ');
};
