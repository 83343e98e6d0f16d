import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { idSchema, trimId } from '../../src/config/id.js';
import { type DocumentRow, documentRowSchema, type QueryRow, queryRowSchema } from '../../src/config/rows.js';
import { TandemError } from '../../src/errors/tandem-error.js';
import { gainOf, judge, type Qrels } from '../qrels.js';
import type { Split } from '../split.js';
import { readLines } from './lines.js';
import { malformedRow, parseRow, type SourcedRow } from './parse-row.js';
import { createQueryTable } from './query-table.js';
import { readRows } from './source.js';

const corpusSchema = z.looseObject({ _id: idSchema, title: z.string().optional(), text: z.string().optional() });
const querySchema = z.looseObject({ _id: idSchema, text: z.string() });

/** The files of a folder in the format of BEIR (Thakur et al., 2021): corpus.jsonl, queries.jsonl, qrels/{train,dev,test}.tsv. */
export interface BeirFolder {
  readonly corpus: string;
  readonly queries: string;
  /** the judgement files that are there; `dev` is our validation */
  readonly qrels: Readonly<Partial<Record<Split, string>>>;
}

/** @throws TandemError 'data/unknown-format' when the folder has not the files of BEIR */
export async function openBeirFolder(folder: string): Promise<BeirFolder> {
  const found = async (name: string): Promise<string | undefined> =>
    access(join(folder, name)).then(
      () => join(folder, name),
      () => undefined,
    );
  const either = async (name: string): Promise<string | undefined> =>
    (await found(name)) ?? (await found(`${name}.gz`));
  const [corpus, queries] = [await either('corpus.jsonl'), await either('queries.jsonl')];
  if (corpus === undefined || queries === undefined) {
    throw new TandemError('data/unknown-format', `${folder}: a BEIR folder has corpus.jsonl and queries.jsonl`, {
      path: folder,
    });
  }
  const names = { train: 'qrels/train.tsv', validation: 'qrels/dev.tsv', test: 'qrels/test.tsv' };
  return {
    corpus,
    queries,
    qrels: {
      train: await found(names.train),
      validation: await found(names.validation),
      test: await found(names.test),
    },
  };
}

/** Documents of the corpus, streamed; where there is no title the text stands in for it. @throws as readRows */
export async function* readBeirDocuments(corpus: string): AsyncGenerator<SourcedRow<DocumentRow>> {
  for await (const { line, row } of readRows(corpus, corpusSchema)) {
    const { _id, title, text, ...attributes } = row;
    const texts = title ? { title, description: text } : { title: text ?? '' };
    yield { line, row: parseRow(corpus, line, { ...attributes, id: _id, ...texts }, documentRowSchema) };
  }
}

/** Queries by id; a row that repeats another one is passed over. @throws TandemError 'data/duplicate-id', and as readRows */
export async function readBeirQueries(queries: string): Promise<Map<string, QueryRow>> {
  const rows = createQueryTable(queries);
  for await (const { line, row } of readRows(queries, querySchema)) {
    rows.add(parseRow(queries, line, { id: row._id, text: row.text }, queryRowSchema), line);
  }
  return new Map(rows.all().map(row => [row.id, row]));
}

/** Judgements of a `query-id corpus-id score` table with a header. @throws TandemError 'data/malformed-row' | 'data/not-found' */
export async function readBeirQrels(path: string): Promise<Qrels> {
  const qrels: Qrels = new Map();
  for await (const { line, text } of readLines(path)) {
    if (text === '' || (line === 1 && text.startsWith('query-id'))) continue;
    const [query, document, score, ...rest] = text.split('\t');
    const gain = gainOf(score?.trim() ?? '');
    if (rest.length > 0 || Number.isNaN(gain)) {
      throw malformedRow(path, line, 'expected query-id, corpus-id and score, a whole number, divided by tabs');
    }
    judge(qrels, trimId(query), trimId(document), gain);
  }
  return qrels;
}
