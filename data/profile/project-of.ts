import { dirname, relative, resolve } from 'node:path';
import type { PresetName } from '../../src/config/presets.js';
import type { ProjectInput } from '../../src/config/project.js';
import type { PriceEvidence } from '../prices/price-rule.js';
import type { DocumentSource } from '../read-documents.js';
import type { PairSource } from '../read-pairs.js';
import type { DocumentsCheck } from './check-documents.js';
import type { Chosen, ChosenFiles } from './choose-files.js';
import type { Table } from './look-at-tables.js';
import type { Found } from './notices.js';
import type { Column } from './propose-columns.js';
import { type PairField, rangeOf } from './propose-tables.js';

export interface FoundSources extends Found {
  readonly source: DocumentSource;
  readonly pairSource?: PairSource;
  readonly preset: PresetName;
}

/** What was found, as tandem.json says it. @param file  of the project; paths are relative to its folder */
export function projectOf(found: FoundSources, file: string): ProjectInput {
  const { chosen, documents, events, language, source, pairSource, preset } = found;
  const base = dirname(resolve(file));
  const placed = <T extends { readonly files: readonly string[] }>(part: T) => ({
    ...part,
    files: part.files.map(path => relative(base, resolve(path)) || '.'),
  });
  const chain = events?.chain.chain ?? [];
  return {
    documents: { ...placed(source), ...(documents.repeatedIds > 0 && { repeated: 'first' as const }) },
    ...(pairSource && { pairs: placed(pairSource) }),
    ...(chosen.events && {
      events: { ...placed(filesOf(chosen.events)), ...(chain.length > 1 && { chain: [...chain] }) },
    }),
    ...(chosen.queries && { queries: placed(filesOf(chosen.queries)) }),
    ...(chosen.qrels !== undefined && { qrels: relative(base, resolve(chosen.qrels)) }),
    preset,
    ...(language !== undefined && { config: { towers: { language }, indexing: { language } } }),
    out: 'out',
  };
}

export const pathsOf = ({ tables }: Chosen): string[] => tables.map(({ path }) => path);

/** field -> column */
export function columnsOf<F extends string>({ columns }: Chosen<F>): Record<string, string> {
  const entries = Object.entries<{ readonly column: string } | undefined>(columns);
  return Object.fromEntries(
    entries.flatMap(([field, choice]) => (choice === undefined ? [] : [[field, choice.column]])),
  );
}

export const filesOf = <F extends string>(chosen: Chosen<F>): { files: string[]; columns: Record<string, string> } => ({
  files: pathsOf(chosen),
  columns: columnsOf(chosen),
});

/** Share of titles or descriptions with HTML from which on it is taken out. */
const leastMarkup = 0.01;

/** Share of the values of a column that lead from one category to the next, from which on it has levels, and how often each stands there. */
const leastLeading = 0.5;
const leastShared = 1.5;

/** Columns of categories that lead down: many documents share one, which text with such a sign in it does not. */
function levelColumns({ tables, columns }: Chosen): string[] {
  const taken = new Set(Object.values(columnsOf({ tables, columns })));
  const found = tables.flatMap(table =>
    table.columns.filter(
      ({ name, traits, present, distinct }) =>
        !taken.has(name) && traits.leadsDown > leastLeading && present >= leastShared * distinct,
    ),
  );
  return [...new Set(found.map(({ name }) => name))];
}

/** The documents as they are read. */
export function documentSource(
  chosen: NonNullable<ChosenFiles['documents']>,
  prices: PriceEvidence | undefined,
): DocumentSource {
  const columns = columnsOf(chosen);
  const ids = columnsNamed(chosen.tables, chosen.columns.id?.column);
  const titles = columnsNamed(chosen.tables, chosen.columns.title?.column);
  const repeated = ids.some(({ distinct, present }) => distinct < present);
  const texts = [...titles, ...columnsNamed(chosen.tables, chosen.columns.description?.column)];
  const html = texts.some(({ traits }) => traits.markup > leastMarkup);
  const levels = chosen.ofPairs ? [] : levelColumns(chosen);
  const untitled = titles.some(({ present, rows }) => present < rows);
  const price = {
    ...(prices !== undefined && prices.ambiguous > 0 && { decimal: prices.decimal }),
    ...(prices !== undefined && prices.unreadable > 0 && { unreadable: 'leaveOut' as const }),
  };
  return {
    files: pathsOf(chosen),
    columns,
    // what was asked on a row says nothing about its document
    ...(chosen.ofPairs && { omit: otherColumns(chosen) }),
    ...(chosen.columns.id === undefined && { numbered: true }),
    ...((chosen.ofPairs || repeated) && { repeated: 'first' as const }),
    ...(untitled && { untitled: 'keep' as const }),
    ...(levels.length > 0 && { levels }),
    ...(html && { html: 'text' as const }),
    ...(Object.keys(price).length > 0 && { price }),
  };
}

/** Columns that hold no field; one that bears the name of a mapped field is gone by then. */
function otherColumns({ tables, columns }: Chosen): string[] {
  const taken = new Set([...Object.keys(columns), ...Object.values(columnsOf({ tables, columns }))]);
  const names = tables.flatMap(table => table.columns.map(({ name }) => name));
  return [...new Set(names)].filter(name => !taken.has(name));
}

const columnsNamed = (tables: readonly Table[], name: string | undefined): Column[] =>
  tables.flatMap(({ columns }) => columns.filter(column => column.name === name));

/** The pairs as they are read; of judgements the upper half. */
export function pairSourceOf(chosen: Chosen<PairField>): PairSource {
  const columns = columnsOf(chosen);
  const gains = columnsNamed(chosen.tables, columns.gain);
  const files = pathsOf(chosen);
  if (gains.length === 0) return { files, columns };
  return { files, columns, positiveFrom: positiveFrom(gains) };
}

/** Judgements in the upper half of the scale make a pair positive. */
function positiveFrom(gains: readonly Column[]): number {
  const values = [...new Set(gains.flatMap(({ values }) => values.map(Number)))].filter(Number.isFinite);
  const { lowest, highest } = rangeOf({ values });
  return Math.min(...values.filter(value => value > (lowest + highest) / 2 || lowest === highest));
}

/** The language of what names none; `und` where documents name several: each is analysed in its own then, and a query in the one that its words speak for. */
export function languageOf({ languages, language }: DocumentsCheck): string | undefined {
  if (languages.size > 1) return 'und';
  const [only] = languages.keys();
  return only ?? language.language;
}
