import type { DocumentSource } from '../../../data/read-documents.js';
import type { EventSource, PairSource, QuerySource } from '../../../data/read-pairs.js';
import type { ColumnMapping, ColumnTypes } from '../../config/mapping.js';
import { type OpenProject, samePath } from './project.js';

export type { DocumentSource, EventSource, PairSource, QuerySource };

/** Fields of pairs, events and queries, which no document has. */
const otherFields = ['query', 'documentId', 'weight', 'gain', 'session', 'time', 'type', 'text'];

const pick = (map: ColumnMapping, fields: (field: string) => boolean): ColumnMapping =>
  Object.fromEntries(Object.entries(map).filter(([field]) => fields(field)));

/**
 * The documents of a command: a file that it names, or those of its project. A file that the project names is read as the project says,
 * any other as it is; `--map` and `--types` are laid over both.
 */
export function documentsOf(
  file: string | undefined,
  { map, types = {} }: { readonly map: ColumnMapping; readonly types?: ColumnTypes },
  opened: OpenProject | undefined,
): DocumentSource | undefined {
  const source = sourceOf(
    file,
    opened?.project.documents,
    pick(map, field => !otherFields.includes(field)),
  );
  return source && { ...source, types: { ...source.types, ...types } };
}

const pairsOf = (
  file: string | undefined,
  map: ColumnMapping,
  opened: OpenProject | undefined,
): PairSource | undefined => sourceOf(file, opened?.project.pairs, only(map, 'query', 'documentId', 'weight', 'gain'));

const eventsOf = (
  file: string | undefined,
  map: ColumnMapping,
  opened: OpenProject | undefined,
): EventSource | undefined =>
  sourceOf(file, opened?.project.events, only(map, 'session', 'time', 'type', 'query', 'documentId', 'rank'));

/** Events of several files, or those of the project; the project says how files are read whose first one it names. */
export function eventFilesOf(
  files: readonly string[],
  map: ColumnMapping,
  opened: OpenProject | undefined,
): EventSource | undefined {
  const source = eventsOf(files[0], map, opened);
  return source && { ...source, ...(files.length > 0 && { files }) };
}

export const queriesOf = (
  file: string | undefined,
  map: ColumnMapping,
  opened: OpenProject | undefined,
): QuerySource | undefined => sourceOf(file, opened?.project.queries, only(map, 'text'));

const only = (map: ColumnMapping, ...fields: readonly string[]): ColumnMapping =>
  pick(map, field => fields.includes(field));

interface Part {
  readonly files: readonly string[];
  readonly columns?: ColumnMapping;
}

function sourceOf<T extends Part>(
  file: string | undefined,
  part: T | undefined,
  map: ColumnMapping,
): (Part & Partial<Omit<T, keyof Part>>) | undefined {
  const known = file === undefined || part?.files.some(path => samePath(path, file)) === true ? part : undefined;
  const files = file === undefined ? known?.files : [file];
  return files && { ...rulesOf(known), files, columns: { ...known?.columns, ...map } };
}

function rulesOf<T extends Part>(part: T | undefined): Partial<Omit<T, keyof Part>> {
  if (part === undefined) return {};
  const { files, columns, ...rules } = part;
  return rules;
}

/** Files of what stands beside the documents, as they were typed. */
export interface InputFiles {
  readonly pairs?: string;
  readonly events?: string;
  readonly queries?: string;
  readonly qrels?: string;
}

/** What stands beside the documents: pairs or events, and judged queries. */
export interface Inputs {
  readonly pairs?: PairSource;
  readonly events?: EventSource;
  readonly queries?: QuerySource;
  readonly qrels?: string;
}

/** Each as it was typed, or else as the project says. */
export function inputsOf(
  { pairs, events, queries, qrels }: InputFiles,
  map: ColumnMapping,
  opened: OpenProject | undefined,
): Inputs {
  const told = pairs !== undefined || events !== undefined;
  const judged = queries !== undefined || qrels !== undefined;
  return {
    pairs: pairs === undefined && told ? undefined : pairsOf(pairs, map, opened),
    events: events === undefined && told ? undefined : eventsOf(events, map, opened),
    queries: queries === undefined && judged ? undefined : queriesOf(queries, map, opened),
    qrels: qrels ?? (judged ? undefined : opened?.project.qrels),
  };
}
