import type { PairRow } from '../../src/config/rows.js';
import { TandemError } from '../../src/errors/tandem-error.js';
import type { LeftOutPairs } from '../read-pairs.js';
import type { SourcedRow } from '../sources/parse-row.js';
import type { DocumentsCheck } from './check-documents.js';
import { hashOf } from './table-profile.js';

/** What pairs are like beside the documents. */
export interface PairsCheck {
  /** positive pairs, those of unknown documents too */
  readonly pairs: number;
  /** pairs whose document is not there, and the first such id */
  readonly unknownDocuments: number;
  readonly firstUnknown?: string;
  /** pairs equal to another before */
  readonly repeated: number;
  readonly queries: number;
  /** queries that are the title of a document, letter by letter: they measure copying, not searching */
  readonly equalToTitle: number;
  readonly lower: number;
  readonly unjudged: number;
  readonly fault?: string;
  /** whether a text, in small letters, was asked */
  readonly asks: (text: string) => boolean;
}

/** Goes through pairs once; held are 8 bytes of each query and pair. */
export async function checkPairs(
  pairs: AsyncIterable<SourcedRow<PairRow>>,
  { knowsId, isTitle }: Pick<DocumentsCheck, 'knowsId' | 'isTitle'>,
  leftOut: LeftOutPairs,
): Promise<PairsCheck> {
  const [queries, seen] = [new Set<number>(), new Set<number>()];
  const counts = { pairs: 0, unknownDocuments: 0, repeated: 0, equalToTitle: 0 };
  let firstUnknown: string | undefined;
  let fault: string | undefined;
  try {
    for await (const { row } of pairs) {
      counts.pairs++;
      if (!knowsId(row.documentId)) {
        counts.unknownDocuments++;
        firstUnknown ??= row.documentId;
      }
      const query = keyOf(row.query);
      const pair = hashOf(`${query}\t${row.documentId}`);
      if (seen.has(pair)) counts.repeated++;
      seen.add(pair);
      const hash = hashOf(query);
      if (queries.has(hash)) continue;
      queries.add(hash);
      if (isTitle(row.query)) counts.equalToTitle++;
    }
  } catch (error) {
    if (!(error instanceof TandemError)) throw error;
    fault = error.message;
  }
  return {
    ...counts,
    firstUnknown,
    queries: queries.size,
    ...leftOut,
    fault,
    asks: text => queries.has(hashOf(keyOf(text))),
  };
}

const keyOf = (text: string): string => text.trim().toLowerCase().replace(/\s+/g, ' ');
