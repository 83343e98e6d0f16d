import type { TrainingPair } from '../data/prepared.js';

/** Labels of the auxiliary task. */
export interface HeadQueryLabels {
  /** K, at most as many as asked for */
  readonly classes: number;
  /** by document: the head queries that it was engaged from, as class numbers, rising */
  readonly labels: readonly (readonly number[])[];
}

/**
 * The K head queries, those of most weight (ties by text), and which documents were engaged from each. From training pairs alone, so that
 * no held-out query is among them.
 */
export function headQueryLabels(pairs: readonly TrainingPair[], documents: number, most: number): HeadQueryLabels {
  const weights = new Map<string, number>();
  for (const { query, weight } of pairs) weights.set(query, (weights.get(query) ?? 0) + weight);
  const head = [...weights].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1)).slice(0, most);
  const classOf = new Map(head.map(([query], k) => [query, k]));
  const labels = Array.from({ length: documents }, () => new Set<number>());
  for (const { query, document } of pairs) {
    const k = classOf.get(query);
    if (k !== undefined) labels[document].add(k);
  }
  return { classes: head.length, labels: labels.map(set => [...set].sort((a, b) => a - b)) };
}

/** Targets of a batch: mass 1/k on each of the k labels of a document. @returns float32 [B, K] */
export function headQueryTargets({ classes, labels }: HeadQueryLabels, documents: readonly number[]): Float32Array {
  const targets = new Float32Array(documents.length * classes);
  documents.forEach((document, row) => {
    for (const k of labels[document]) targets[row * classes + k] = 1 / labels[document].length;
  });
  return targets;
}
