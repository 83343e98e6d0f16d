import { writeFileAtomically } from '../../src/files/atomic.js';
import type { LabelledQuery } from './label-events.js';

/** What was written. */
export interface LabelCounts {
  readonly queries: number;
  readonly judgements: number;
  /** judgements above 0 */
  readonly relevant: number;
  /** the greatest judgement */
  readonly greatest: number;
}

/** Characters that are gathered before they are written. */
const batch = 2 ** 16;

/**
 * Writes queries as JSON Lines and their judgements in TREC format, each whole or not at all, in the order in which they come.
 * @param onQuery  called with the number of queries so far
 * @throws TandemError 'files/*', and what the queries throw; then neither is written
 */
export async function writeLabels(
  paths: { readonly queries: string; readonly qrels: string },
  labelled: AsyncIterable<LabelledQuery>,
  onQuery: (queries: number) => void,
): Promise<LabelCounts> {
  const counts = { queries: 0, judgements: 0, relevant: 0, greatest: 0 };
  await writeFileAtomically(paths.queries, queriesFile =>
    writeFileAtomically(paths.qrels, async qrelsFile => {
      let [queries, qrels] = ['', ''];
      const flush = async (): Promise<void> => {
        await queriesFile.writeFile(queries);
        await qrelsFile.writeFile(qrels);
        [queries, qrels] = ['', ''];
      };
      for await (const { query, gains } of labelled) {
        queries += `${JSON.stringify(query)}\n`;
        for (const [document, gain] of gains) {
          qrels += `${query.id} 0 ${document} ${gain}\n`;
          counts.judgements++;
          if (gain > 0) counts.relevant++;
          counts.greatest = Math.max(counts.greatest, gain);
        }
        onQuery(++counts.queries);
        if (qrels.length > batch) await flush();
      }
      await flush();
    }),
  );
  return counts;
}
