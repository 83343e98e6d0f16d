import { writeWhole } from '../src/files/atomic.js';
import { readLines } from './sources/lines.js';
import { malformedRow } from './sources/parse-row.js';

/** Judgements: query id -> document id -> gain; a document that is not named was not judged. */
export type Qrels = Map<string, Map<string, number>>;

/**
 * Reads judgements in TREC format, `qid 0 docid gain` a line.
 * @throws TandemError 'data/malformed-row' with the line | 'data/not-found'
 */
export async function readQrels(path: string): Promise<Qrels> {
  const qrels: Qrels = new Map();
  for await (const { line, text } of readLines(path)) {
    if (text.trim() === '') continue;
    const parts = text.trim().split(/\s+/);
    const gain = Number(parts[3]);
    if (parts.length !== 4 || !Number.isFinite(gain))
      throw malformedRow(path, line, 'expected `query 0 document gain`');
    judge(qrels, parts[0], parts[2], gain);
  }
  return qrels;
}

/** Writes judgements in TREC format, in the order of the maps. */
export async function writeQrels(path: string, qrels: Qrels): Promise<void> {
  let text = '';
  for (const [query, gains] of qrels) for (const [document, gain] of gains) text += `${query} 0 ${document} ${gain}\n`;
  await writeWhole(path, text);
}

/** Adds one judgement; a second one of the same query and document replaces the first. */
export function judge(qrels: Qrels, query: string, document: string, gain: number): void {
  const gains = qrels.get(query);
  if (gains === undefined) qrels.set(query, new Map([[document, gain]]));
  else gains.set(document, gain);
}
