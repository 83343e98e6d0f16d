import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { JudgedQueries } from '../../data/prepared-files.js';
import { judge, type Qrels, readQrels } from '../../data/qrels.js';
import { emojiDataset } from '../../data/sources/emoji.js';
import { readRows } from '../../data/sources/source.js';
import { queryId, type Split, splitOf } from '../../data/split.js';
import {
  type DocumentRow,
  documentRowSchema,
  type PairRow,
  pairRowSchema,
  type QueryRow,
  queryRowSchema,
} from '../../src/config/rows.js';
import type { Catalogue } from './catalogue.js';

const shares = { train: 0.8, validation: 0.1, test: 0.1 };
const seed = 1;

async function all<T>(rows: AsyncIterable<{ readonly row: T }>): Promise<T[]> {
  const read: T[] = [];
  for await (const { row } of rows) read.push(row);
  return read;
}

async function* lines(path: string): AsyncGenerator<string> {
  for await (const line of createInterface({ input: createReadStream(path) })) if (line !== '') yield line;
}

/** Titles, pairs and judged queries as JSON lines and TREC files, named as those of prepared data. */
export async function searchLog(name: string, folder: string): Promise<Catalogue> {
  const judged = async (split: 'validation' | 'test'): Promise<JudgedQueries> => ({
    queries: await all(readRows(join(folder, `queries.${split}.jsonl`), queryRowSchema)),
    qrels: await readQrels(join(folder, `qrels.${split}.trec`)),
  });
  return {
    name,
    documents: await all(readRows(join(folder, 'documents.jsonl'), documentRowSchema)),
    pairs: await all(readRows(join(folder, 'pairs.train.jsonl'), pairRowSchema)),
    validation: await judged('validation'),
    test: await judged('test'),
  };
}

/** The listings of the demo in some of its languages; queries are keywords. */
export async function emoji(name: string, locales?: readonly string[]): Promise<Catalogue> {
  const { documents, pairs, validation, test } = await emojiDataset({ locales, fast: false, shares, seed });
  return { name, documents: documents.map(({ images: _, ...row }) => row), pairs, validation, test };
}

/**
 * Categories of a shop: documents are the English paths, queries the last part of the same path in other languages, each a query of its own
 * that is trained on or held out. Words say next to nothing across the languages.
 * @param folder  holds `taxonomy-with-ids.LOCALE.txt`, lines of `id - a > b > c`
 */
export async function taxonomy(name: string, folder: string, locales: readonly string[]): Promise<Catalogue> {
  const pathOf = (locale: string): string => join(folder, `taxonomy-with-ids.${locale}.txt`);
  const documents: DocumentRow[] = [];
  for await (const { id, path } of categories(pathOf('en-US'))) documents.push({ id, title: path });
  const known = new Set(documents.map(({ id }) => id));
  const wanted = new Map<string, QueryRow & { readonly documents: string[] }>();
  for (const locale of locales) {
    for await (const { id, path } of categories(pathOf(locale))) {
      if (!known.has(id)) continue;
      const text = path.split(' > ').at(-1)!;
      const query = wanted.get(text) ?? { id: queryId(text), text, documents: [] };
      query.documents.push(id);
      wanted.set(text, query);
    }
  }
  return { name, documents, ...splitQueries([...wanted.values()]) };
}

async function* categories(path: string): AsyncGenerator<{ id: string; path: string }> {
  for await (const line of lines(path)) {
    const found = /^(\d+) - (.+)$/.exec(line);
    if (found !== null) yield { id: found[1], path: found[2] };
  }
}

/**
 * Names of clothes without any pair: queries are a kind and a colour, as the attributes of the documents have them, and want what has both.
 * @param folder  holds `styles.csv` (id, gender, masterCategory, subCategory, articleType, baseColour, ...) and, row by row, `styles_text.csv`
 */
export async function clothes(name: string, folder: string): Promise<Catalogue> {
  const names: string[] = [];
  for await (const line of lines(join(folder, 'styles_text.csv'))) names.push(line.replaceAll('"', ''));
  const documents: DocumentRow[] = [];
  const wanted = new Map<string, QueryRow & { readonly documents: string[] }>();
  let row = 0;
  for await (const line of lines(join(folder, 'styles.csv'))) {
    const at = row++;
    if (at === 0) continue;
    const [id, , , , kind, colour] = line.split(',');
    documents.push({ id, title: names[at] });
    const text = `${colour} ${kind}`.toLowerCase();
    const query = wanted.get(text) ?? { id: queryId(text), text, documents: [] };
    query.documents.push(id);
    wanted.set(text, query);
  }
  const { validation, test } = splitQueries([...wanted.values()].filter(query => query.documents.length >= 5));
  return { name, documents, pairs: [], validation, test };
}

function splitQueries(wanted: readonly (QueryRow & { readonly documents: readonly string[] })[]) {
  const pairs: PairRow[] = [];
  const judged = { validation: empty(), test: empty() };
  for (const { id, text, documents } of wanted) {
    const split: Split = splitOf(text, shares, seed);
    if (split === 'train') {
      pairs.push(...documents.map(documentId => ({ query: text, documentId })));
      continue;
    }
    judged[split].queries.push({ id, text });
    for (const document of documents) judge(judged[split].qrels, id, document, 1);
  }
  return { pairs, ...judged };
}

const empty = (): { queries: QueryRow[]; qrels: Qrels } => ({ queries: [], qrels: new Map() });
