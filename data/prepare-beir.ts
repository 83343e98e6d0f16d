import type { PairRow } from '../src/config/rows.js';
import { TandemError } from '../src/errors/tandem-error.js';
import type { PrepareInput } from './prepare-input.js';
import type { PrepareOptions } from './prepare-options.js';
import type { JudgedQueries } from './prepared-files.js';
import type { Qrels } from './qrels.js';
import { openBeirFolder, readBeirDocuments, readBeirQrels, readBeirQueries } from './sources/beir.js';
import type { SourcedRow } from './sources/parse-row.js';
import { splitOf } from './split.js';

/**
 * A BEIR folder as input: judgements of train above 0 are pairs, those of dev and test are measured on as they are. Without a dev file the
 * validation share is held out from the queries of train.
 */
export async function openBeir(
  folder: string,
  { pairs, events, queries, qrels, shares, seed }: PrepareOptions,
): Promise<PrepareInput> {
  if (pairs !== undefined || events !== undefined || queries !== undefined || qrels !== undefined) {
    throw new TandemError(
      'usage/bad-value',
      `${folder}: a BEIR folder holds its own queries and judgements; give no others beside it`,
    );
  }
  const beir = await openBeirFolder(folder);
  const texts = await readBeirQueries(beir.queries);
  const judged = async (path: string | undefined): Promise<JudgedQueries | undefined> => {
    if (path === undefined) return undefined;
    const judgements = await readBeirQrels(path);
    return { queries: [...texts.values()].filter(query => judgements.has(query.id)), qrels: judgements };
  };
  const train =
    beir.qrels.train === undefined ? new Map<string, Map<string, number>>() : await readBeirQrels(beir.qrels.train);
  const given = { validation: await judged(beir.qrels.validation), test: await judged(beir.qrels.test) };
  const validationShare = given.validation === undefined ? shares.validation : 0;
  const ownShares = { train: 1 - validationShare, validation: validationShare, test: 0 };
  return {
    documents: fromFile(beir.corpus, readBeirDocuments(beir.corpus)),
    pairs: positives(train, new Map([...texts].map(([id, { text }]) => [id, text]))),
    splitOf: key => splitOf(key, ownShares, seed),
    given,
    sources: [beir.corpus, beir.queries, ...Object.values(beir.qrels).filter(path => path !== undefined)],
  };
}

async function* fromFile<T extends object>(path: string, rows: AsyncIterable<T>): AsyncGenerator<T & { path: string }> {
  for await (const row of rows) yield { ...row, path };
}

async function* positives(qrels: Qrels, texts: ReadonlyMap<string, string>): AsyncGenerator<SourcedRow<PairRow>> {
  let line = 1;
  for (const [id, gains] of qrels) {
    const query = texts.get(id);
    for (const [documentId, gain] of gains) {
      line++;
      if (query !== undefined && gain > 0) yield { line, row: { query, documentId } };
    }
  }
}
