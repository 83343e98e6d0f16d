import { ndcg } from '../../../src/evaluation/metrics.js';
import type { Judgements } from './judgements.js';

/** A query of a file of golden queries; what else a line has is passed over. */
export interface GoldenQuery {
  readonly id: string;
  readonly text: string;
}

const depth = 10;

/** Texts are without what is blank around them, as they are judged. @throws SyntaxError naming the line that is none */
export function parseGolden(file: string): GoldenQuery[] {
  return file.split('\n').flatMap((line, i) => {
    if (line.trim() === '') return [];
    try {
      const { id, text } = JSON.parse(line);
      if (typeof text === 'string' && text.trim() !== '') return [{ id: String(id ?? i + 1), text: text.trim() }];
    } catch {
      // told below
    }
    throw new SyntaxError(`line ${i + 1}: expected {"id": "...", "text": "..."}`);
  });
}

/** How two rankings of one query differ. */
export interface Difference {
  readonly text: string;
  /** part of the first ten that both have */
  readonly overlap: number;
  /** nDCG@10 of both, where the query was judged */
  readonly ndcg?: readonly [number, number];
}

export function differenceOf(
  text: string,
  first: readonly string[],
  second: readonly string[],
  judgements: Judgements,
): Difference {
  const [a, b] = [first.slice(0, depth), second.slice(0, depth)];
  const most = Math.max(a.length, b.length);
  const overlap = most === 0 ? 1 : a.filter(id => b.includes(id)).length / most;
  const of = judgements.get(text);
  return { text, overlap, ...(of && { ndcg: [ndcg(a, of, depth, 1), ndcg(b, of, depth, 1)] }) };
}

/** Means over all queries; nDCG over those that were judged. */
export function meanOf(differences: readonly Difference[]): {
  readonly overlap: number;
  readonly judged: number;
  readonly ndcg?: readonly [number, number];
} {
  const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
  const both = differences.flatMap(each => (each.ndcg ? [each.ndcg] : []));
  return {
    overlap: differences.length === 0 ? 1 : mean(differences.map(({ overlap }) => overlap)),
    judged: both.length,
    ...(both.length > 0 && { ndcg: [mean(both.map(([a]) => a)), mean(both.map(([, b]) => b))] }),
  };
}
