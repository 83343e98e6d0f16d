import { drawKnownItems } from '../data/known-items.js';
import type { PreparedData } from '../data/prepared.js';
import type { JudgedQueries } from '../data/prepared-files.js';
import { judge, type Qrels } from '../data/qrels.js';
import type { ModelState } from '../models/model-state.js';
import { seededRandom, shuffle } from '../src/math/random.js';
import type { Corpus } from './corpus.js';
import { createValidationSet, type ValidationFigures, type ValidationSet, validate } from './validation.js';

const figure = 'ROC AUC';
/** From here on nobody needs to look further. */
const sureAuc = 0.9;
/** Below both a model hardly tells what is wanted from what is not. */
const leastAuc = 0.6;
const leastLead = 0.05;
/** Of what it was trained on a model that has learnt anything tells nearly all of what is wanted. */
const leastTrainedAuc = 0.85;
/** Queries that are looked at, of each kind. */
const mostQueries = 1000;

export interface LearningVerdict {
  /** measured where the validation queries do not show that anything was learnt */
  readonly knownItems?: ValidationFigures;
  readonly warnings: readonly string[];
}

interface Validated {
  readonly set: ValidationSet;
  readonly figures: ValidationFigures;
}

/** By the whole order, or by the first ranks: with several documents wanted for a query, few of them may be found, and those first. */
function tellsApart({ set, figures }: Validated, documents: number): boolean {
  const chance = chanceNdcg(set, documents);
  return figures[figure] >= leastAuc || figures['nDCG@10'] - chance >= leastLead * (1 - chance);
}

const first = 10;
/** Sum over ranks 1 to n of 1 / log2(rank + 1). */
const discounts = (n: number): number =>
  Array.from({ length: n }, (_, r) => 1 / Math.log2(r + 2)).reduce((a, b) => a + b, 0);

/** nDCG@10 that documents in random order are expected to have; gains count as one. */
export function chanceNdcg({ relevant }: Pick<ValidationSet, 'relevant'>, documents: number): number {
  const wanted = relevant.map(({ length }) => length).filter(length => length > 0);
  const shown = discounts(Math.min(first, documents));
  const expected = wanted.map(length => ((length / documents) * shown) / discounts(Math.min(first, length)));
  return expected.reduce((sum, ndcg) => sum + ndcg, 0) / Math.max(1, expected.length);
}

/** What a model is judged by. */
interface Judged {
  readonly state: ModelState;
  readonly corpus: Corpus;
  readonly data: Pick<PreparedData, 'documents' | 'pairs'>;
}

/**
 * Whether a model has learnt anything: by its validation queries; where there are none, or they leave a doubt, by queries drawn from the documents,
 * by draws that training has not seen; where these tell nothing, since documents have no words of their own, by pairs that it was trained on.
 * @param validation  the validation queries, and the figures on them; undefined where there are none
 * @throws TandemError 'training/diverged'
 */
export async function judgeLearning(judged: Judged, validation?: Validated): Promise<LearningVerdict> {
  if (validation !== undefined && validation.figures[figure] >= sureAuc) return { warnings: [] };
  const knownItems = await measure(judged, drawnQueries(judged));
  const drawn = knownItems?.[figure] ?? 0;
  const trained = drawn >= leastTrainedAuc ? drawn : await trainedAuc(judged, drawn);
  const fails = validation !== undefined && !tellsApart(validation, judged.data.documents.length);
  return { knownItems, warnings: warningsOf(fails ? validation.figures : undefined, trained) };
}

async function trainedAuc(judged: Judged, drawn: number): Promise<number> {
  if (judged.data.pairs.length === 0) return drawn;
  return Math.max(drawn, (await measure(judged, trainedQueries(judged)))?.[figure] ?? 0);
}

async function measure(
  { state, corpus, data }: Judged,
  queries: JudgedQueries,
): Promise<ValidationFigures | undefined> {
  const set = createValidationSet(queries, data.documents);
  return set && validate(state, corpus, data.documents, set, corpus.config.training.threads);
}

function drawnQueries({ corpus: { config }, data: { documents } }: Judged): JudgedQueries {
  return drawKnownItems(sample(documents, config.seed), config.pseudoQueries, config.seed);
}

/** Every pair that is drawn is a query of its own. */
function trainedQueries({ corpus: { config }, data: { documents, pairs } }: Judged): JudgedQueries {
  const qrels: Qrels = new Map();
  const queries = sample(pairs, config.seed).map(({ query: text, country, language, document }, p) => {
    judge(qrels, `p${p}`, documents[document].id, 1);
    return { id: `p${p}`, text, country, language };
  });
  return { queries, qrels };
}

function sample<T>(rows: readonly T[], seed: number): T[] {
  const drawn = shuffle(Int32Array.from(rows.keys()), seededRandom(seed)).subarray(0, mostQueries);
  return Array.from(drawn, row => rows[row]);
}

const longer =
  'Train longer: give the stages of training.stages more minSteps or epochs (the default preset takes at least 300 steps each)';

/** @param failed  figures on validation queries that the model fails @param trained  ROC AUC on what the model was trained on */
function warningsOf(failed: ValidationFigures | undefined, trained: number): string[] {
  if (trained < leastTrainedAuc) {
    return [
      `the model has learnt next to nothing: on queries like those that it was trained on its ROC AUC is ${trained.toFixed(3)}, where .5 is chance and more than .95 is usual. ${longer}, give pairs of more queries, or lower training.learningRate.`,
    ];
  }
  if (failed === undefined) return [];
  return [
    `the model hardly finds what the validation queries ask for: its ROC AUC is ${failed[figure].toFixed(3)}, where .5 is chance, its nDCG@10 ${failed['nDCG@10'].toFixed(3)}. Give more pairs, or use an imported encoder (\`tandem import-encoder\`). ${longer}.`,
  ];
}

/** Figures on known items under names of their own, beside those on validation queries. */
export const named = (knownItems: ValidationFigures = {}): Record<string, number> =>
  Object.fromEntries(Object.entries(knownItems).map(([name, value]) => [`known-item ${name}`, value]));
