import { type BeirFolder, readBeirDocuments, readBeirQrels } from '../sources/beir.js';
import { checkDocuments, type DocumentsCheck } from './check-documents.js';
import type { ChosenFiles } from './choose-files.js';

/** What a BEIR folder is: it says by itself which file holds what. */
export interface BeirProposal {
  readonly chosen: ChosenFiles;
  readonly documents: DocumentsCheck;
  /** judgements of train above 0 */
  readonly pairs: number;
}

/** Goes through the corpus and the judgements of train. @throws TandemError of the judgements */
export async function proposeBeir(folder: string, { corpus, qrels }: BeirFolder): Promise<BeirProposal> {
  const documents = await checkDocuments(fromFile(corpus));
  let pairs = 0;
  if (qrels.train !== undefined) {
    for (const gains of (await readBeirQrels(qrels.train)).values()) {
      for (const gain of gains.values()) if (gain > 0) pairs++;
    }
  }
  const reason = 'a BEIR folder';
  const table = { path: folder, bytes: 0, rows: documents.documents, columns: [] };
  const proposal = { kind: 'unknown', columns: {}, reason } as const;
  return {
    chosen: { documents: { tables: [{ ...table, proposal }], columns: {}, ofPairs: false }, leftOut: [] },
    documents,
    pairs,
  };
}

async function* fromFile(path: string) {
  for await (const sourced of readBeirDocuments(path)) yield { ...sourced, path };
}
