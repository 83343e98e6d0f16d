import { TandemError } from '../src/errors/tandem-error.js';
import { writeWhole } from '../src/files/atomic.js';
import { readLines } from './sources/lines.js';
import { malformedRow } from './sources/parse-row.js';

/** Judgements: query id -> document id -> gain, a whole number; a document that is not named was not judged. */
export type Qrels = Map<string, Map<string, number>>;

/** A whole number in decimal notation, up to 2^53; Number() would also take hexadecimal. @returns NaN for anything else */
export function gainOf(text: string): number {
  const gain = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text) ? Number(text) : Number.NaN;
  return Number.isSafeInteger(gain) ? gain : Number.NaN;
}

/**
 * Reads judgements in TREC format, `qid 0 docid gain` a line; what is accepted is what src/evaluation/trec.ts accepts.
 * @throws TandemError 'data/malformed-row' with the line (also a document judged twice for a query) | 'data/empty' | 'data/not-found'
 */
export async function readQrels(path: string): Promise<Qrels> {
  const qrels: Qrels = new Map();
  for await (const { line, text } of readLines(path)) {
    if (text.trim() === '') continue;
    const [query, , document, gainText, ...rest] = text.trim().split(/\s+/);
    const gain = gainOf(gainText ?? '');
    if (rest.length > 0 || Number.isNaN(gain)) {
      throw malformedRow(path, line, 'expected `query 0 document gain`, the gain a whole number');
    }
    if (qrels.get(query)?.has(document)) {
      throw malformedRow(path, line, `document ${document} stands twice for query ${query}`);
    }
    judge(qrels, query, document, gain);
  }
  if (qrels.size === 0) throw new TandemError('data/empty', `${path}: no judgements`, { path });
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
