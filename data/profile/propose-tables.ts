import { nameHint, plainName } from './column-names.js';
import { searches } from './event-chain.js';
import {
  type Choice,
  type Column,
  choose,
  different,
  filled,
  isUnique,
  proposeDocumentColumns,
} from './propose-columns.js';

export type Choices<F extends string> = Readonly<Partial<Record<F, Choice>>>;
export type PairField = 'query' | 'documentId' | 'country' | 'language' | 'weight' | 'gain';
export type EventField = 'session' | 'time' | 'type' | 'query' | 'documentId' | 'country';
export type QueryField = 'id' | 'text' | 'country' | 'language';

/** A table with the columns that hold the fields of its kind. */
export type TableProposal =
  | { readonly kind: 'documents'; readonly columns: Choices<string> }
  | {
      readonly kind: 'pairs';
      readonly columns: Choices<PairField>;
      /** columns of documents, where each row tells of its document too */
      readonly documents?: Choices<string>;
    }
  | { readonly kind: 'events'; readonly columns: Choices<EventField> }
  | { readonly kind: 'queries'; readonly columns: Choices<QueryField> }
  | { readonly kind: 'unknown'; readonly columns: Choices<string>; readonly reason: string };

const percent = (share: number): string => `${Math.round(100 * share)} %`;
const present = (column: Column): string =>
  `in ${percent(filled(column))} of the rows, ${column.distinct.toLocaleString('en-GB')} different`;

/**
 * What a table holds: events, pairs, queries or documents, in this order, for each may hold the columns of the next.
 * @param name  of the file, a hint where a column named `text` may be a query or a title
 */
export function proposeTable(columns: readonly Column[], name: string): TableProposal {
  const documents = proposeDocumentColumns(columns);
  const events = proposeEvents(columns);
  if (events !== undefined) return { kind: 'events', columns: events };
  const pairs = proposePairs(columns);
  if (pairs !== undefined && !tellsDocumentsApart(columns, pairs, documents.title)) {
    const { title, description } = documents;
    const id = pairs.documentId;
    const ofDocument =
      title === undefined || id === undefined ? undefined : { id, title, ...(description && { description }) };
    return { kind: 'pairs', columns: pairs, ...(ofDocument && { documents: ofDocument }) };
  }
  const queries = proposeQueries(columns, queryFile.test(name));
  if (queries !== undefined) return { kind: 'queries', columns: queries };
  if (documents.title !== undefined) return { kind: 'documents', columns: documents };
  return {
    kind: 'unknown',
    columns: documents,
    reason: 'no column reads as a title: a few words, different from row to row',
  };
}

/** A list of documents with a column of keywords is no list of pairs: each row is a document of its own. */
function tellsDocumentsApart(
  columns: readonly Column[],
  pairs: Choices<PairField>,
  title: Choice | undefined,
): boolean {
  const id = columns.find(({ name }) => name === pairs.documentId?.column);
  return title !== undefined && id !== undefined && isUnique(id);
}

const fitsQuery = (column: Column): number => {
  const { traits } = column;
  const hint = nameHint(column.name, 'query');
  const readable = traits.lettered > 0.5 && traits.meanLength < 200 && traits.structured === 0 && traits.address < 0.1;
  return hint >= 0.3 && readable && !/(?:^| )id$/.test(plainName(column.name)) ? hint : 0;
};

const fitsDocumentId = (column: Column): number => {
  const { traits } = column;
  const hint = Math.max(nameHint(column.name, 'documentId'), 0.9 * nameHint(column.name, 'id'));
  const short = traits.meanLength <= 64 && traits.meanWords < 2 && traits.structured === 0 && traits.address < 0.5;
  if (hint < 0.3 || !short || /^(?:event|session|user|query|search|visit)(?: |$)/.test(plainName(column.name)))
    return 0;
  // a count of the rows is different in each of them, what pairs name is not
  return hint * (plainName(column.name) === 'id' ? 0.5 : 1) * (0.2 + 0.8 * filled(column));
};

function proposePairs(columns: readonly Column[]): Choices<PairField> | undefined {
  const query = choose(columns, column => (filled(column) > 0.9 ? fitsQuery(column) : 0), present);
  if (query === undefined) return undefined;
  const taken = new Set([query.column]);
  const documentId = choose(columns, column => (filled(column) > 0.9 ? fitsDocumentId(column) : 0), present, taken);
  if (documentId === undefined) return undefined;
  taken.add(documentId.column);
  const gain = choose(columns, fitsGain, describeGain, taken);
  return { query, documentId, ...(gain && { gain }), ...localeColumns(columns, taken) };
}

const fitsGain = (column: Column): number =>
  column.traits.numeric > 0.99 && column.distinct <= 101 ? nameHint(column.name, 'gain') * filled(column) : 0;

function describeGain(column: Column): string {
  const { lowest, highest } = rangeOf(column);
  const unfilled = column.rows - column.present;
  return `judgements from ${lowest} to ${highest}${unfilled > 0 ? `, ${unfilled.toLocaleString('en-GB')} rows without one` : ''}`;
}

/** Lowest and highest number of a column. */
export function rangeOf({ values }: Pick<Column, 'values'>): { lowest: number; highest: number } {
  const numbers = values.map(Number).filter(Number.isFinite);
  return { lowest: Math.min(...numbers), highest: Math.max(...numbers) };
}

function localeColumns(columns: readonly Column[], taken: Set<string>): Choices<'country' | 'language'> {
  const country = choose(
    columns,
    localeFit('country'),
    ({ traits }) => `${percent(traits.country)} are countries (ISO 3166)`,
    taken,
  );
  if (country !== undefined) taken.add(country.column);
  const language = choose(
    columns,
    localeFit('language'),
    ({ traits }) => `${percent(traits.language)} are language tags`,
    taken,
  );
  return { ...(country && { country }), ...(language && { language }) };
}

const localeFit =
  (field: 'country' | 'language') =>
  (column: Column): number =>
    nameHint(column.name, field) >= 0.3 && column.traits[field] >= 0.9 ? nameHint(column.name, field) : 0;

/** Sessions before visitors before customers: the longer a key holds, the more unlike things it holds together. */
function fitsSession(column: Column): number {
  const hint = nameHint(column.name, 'session');
  if (hint < 0.3 || filled(column) < 0.9 || column.traits.meanWords > 2) return 0;
  const plain = plainName(column.name);
  const length = /sess|visit(?:e?$| id)|sitzung|セッション|会话|세션|сессия/.test(plain)
    ? 1
    : /user|customer|kunde|nutzer/.test(plain)
      ? 0.7
      : 0.85;
  return hint * length;
}

const fitsTime = (column: Column): number =>
  column.traits.time >= 0.9 && filled(column) > 0.9 ? 0.2 + nameHint(column.name, 'time') : 0;

/** What a column without a telling name speaks for where one of its values searches. */
const searchingType = 0.25;

/** Types are few, and most rows share theirs with others. */
const fitsType = (column: Column): number => {
  const few = column.distinct <= 60 && different(column) < 0.5;
  const { traits } = column;
  return few && filled(column) > 0.9 && traits.lettered > 0.9 && traits.meanWords < 4
    ? Math.max(
        nameHint(column.name, 'type'),
        column.values.some(value => searches.test(String(value))) ? searchingType : 0,
      )
    : 0;
};

function proposeEvents(columns: readonly Column[]): Choices<EventField> | undefined {
  const taken = new Set<string>();
  const take = (fit: (column: Column) => number, reason = present): Choice | undefined => {
    const choice = choose(columns, fit, reason, taken);
    if (choice !== undefined) taken.add(choice.column);
    return choice;
  };
  const time = take(fitsTime, ({ traits }) => `${percent(traits.time)} are times`);
  const session = take(fitsSession);
  const type = take(fitsType, ({ distinct }) => `${distinct} different values`);
  if (time === undefined || session === undefined || type === undefined) return undefined;
  // a log has both, whatever they are called
  const query = take(fitsQuery) ?? take(readsAsQuery);
  const documentId = take(fitsDocumentId) ?? take(readsAsId);
  if (query === undefined || documentId === undefined) return undefined;
  const country = take(localeFit('country'), ({ traits }) => `${percent(traits.country)} are countries (ISO 3166)`);
  return { session, time, type, query, documentId, ...(country && { country }) };
}

/** Different values that a column has at least which tells queries or documents apart. */
const leastDifferent = 5;

const readsAsQuery = ({ traits, distinct }: Column): number =>
  traits.lettered > 0.9 &&
  traits.meanWords > 1.2 &&
  traits.meanWords < 12 &&
  traits.structured === 0 &&
  traits.address < 0.1
    ? Math.min(1, distinct / leastDifferent)
    : 0;

const readsAsId = ({ traits, distinct }: Column): number =>
  traits.meanLength <= 64 && traits.meanWords < 1.2 && traits.structured === 0 && distinct >= leastDifferent
    ? distinct
    : 0;

const queryFile = /quer|search|topic|such|anfrage|recherche|busqueda|検索|搜索/i;

/** Queries by themselves: an id, a text, little else. */
function proposeQueries(columns: readonly Column[], named: boolean): Choices<QueryField> | undefined {
  if (columns.length > 5) return undefined;
  const fitsText = (column: Column): number =>
    fitsQuery(column) || (named && plainName(column.name) === 'text' ? 0.5 : 0);
  const text = choose(columns, column => (filled(column) === 1 ? fitsText(column) : 0), present);
  if (text === undefined) return undefined;
  const taken = new Set([text.column]);
  const fitsQueryId = (column: Column): number =>
    isUnique(column)
      ? Math.max(nameHint(column.name, 'id'), /^(?:query|q) ?id$/.test(plainName(column.name)) ? 1 : 0)
      : 0;
  const id = choose(columns, fitsQueryId, ({ rows }) => `unique in all ${rows.toLocaleString('en-GB')} rows`, taken);
  if (id === undefined) return undefined;
  taken.add(id.column);
  return { id, text, ...localeColumns(columns, taken) };
}
