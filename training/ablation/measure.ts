import type { PreparedData } from '../../data/prepared.js';
import type { ImageVectors } from '../../models/images/image-vectors.js';
import { loadModel } from '../../models/runtime/load-model.js';
import { TandemError } from '../../src/errors/tandem-error.js';
import { evaluateRun } from '../../src/evaluation/evaluate.js';
import type { Qrels, Run, RunHit } from '../../src/evaluation/trec.js';
import { aucOf, createValidationSet, retrieveExactly, type ValidationSet } from '../validation.js';
import { type Measured, type Split, splits } from './results.js';

/** The judged queries of each split that can be measured. */
export type MeasuredSets = ReadonlyMap<Split, ValidationSet>;

/** How a model is loaded. */
export type LoadOptions = NonNullable<Parameters<typeof loadModel>[1]>;

/** @throws TandemError 'evaluation/no-queries' when the data has no judged queries that tell documents apart */
export function setsOf(data: PreparedData): MeasuredSets {
  const sets = new Map<Split, ValidationSet>();
  for (const split of splits) {
    const judged = data[split];
    const set = judged && createValidationSet(judged, data.documents, Number.POSITIVE_INFINITY);
    if (set !== undefined) sets.set(split, set);
  }
  if (sets.size > 0) return sets;
  throw new TandemError('evaluation/no-queries', `${data.folder}: no judged validation or test queries to compare by`);
}

/** Lets a model find the nearest documents of all judged queries, exactly: the towers alone, as they are served. */
export async function measureModel(
  folder: string,
  { data, images }: { readonly data: PreparedData; readonly images?: ImageVectors },
  sets: MeasuredSets,
  options: LoadOptions,
  relevanceLevel?: number,
): Promise<Partial<Record<Split, Measured>>> {
  const model = await loadModel(folder, options);
  try {
    const d = await model.embedDocuments(data.documents, images);
    const measured: Partial<Record<Split, Measured>> = {};
    for (const [split, set] of sets) {
      const q = await model.embedQueries(set.queries);
      checkFinite(q, d);
      const found = await retrieveExactly(q, d, data.documents, set, options.threads ?? 0);
      measured[split] = withFigures(aucOf(found), found.run, set.qrels, relevanceLevel ?? set.level);
    }
    return measured;
  } finally {
    await model.close();
  }
}

function checkFinite(...embeddings: readonly Float32Array[]): void {
  if (embeddings.every(values => values.every(Number.isFinite))) return;
  throw new TandemError('training/diverged', 'an embedding is not finite');
}

/** A score as float32 needs it and no longer, so that what is read back is what was written. */
const hitOf = ({ id, score }: RunHit): [string, number] => [id, Number(score.toPrecision(9))];

/** What a table of variants shows of every query, in this order. */
export const queryFigures = ['nDCG@10', 'MRR@10', 'Recall@10', 'Recall@100', 'condensed.nDCG@10', 'judged@10'];

/** What was found with its figures. @param level  least gain that counts as relevant */
function withFigures(auc: number, run: Run, qrels: Qrels, level: number): Measured {
  const { perQuery } = evaluateRun(run, qrels, { relevanceLevel: level, condensed: true });
  const queries = [...perQuery].map(([id, all]) => ({
    id,
    figures: Object.fromEntries(queryFigures.map(name => [name, all[name]])),
    hits: (run.get(id) ?? []).map(hitOf),
  }));
  return { 'ROC AUC': auc, relevanceLevel: level, queries };
}

/** The same hits judged at another level. */
export function judgedAnew(measured: Measured, { qrels, level }: ValidationSet, relevanceLevel = level): Measured {
  if (measured.relevanceLevel === relevanceLevel) return measured;
  return withFigures(measured['ROC AUC'], runOf(measured), qrels, relevanceLevel);
}

/** What was found, as a run. */
export const runOf = ({ queries }: Measured): Run =>
  new Map(queries.map(({ id, hits }) => [id, hits.map(([document, score]) => ({ id: document, score }))]));
