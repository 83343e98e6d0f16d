import { drawKnownItems } from '../data/known-items.js';
import type { PreparedData } from '../data/prepared.js';
import type { JudgedQueries } from '../data/prepared-files.js';
import { judge, type Qrels } from '../data/qrels.js';
import type { ModelState } from '../models/model-state.js';
import { seededRandom, shuffle } from '../src/math/random.js';
import type { Corpus } from './corpus.js';
import { createValidationSet, type ValidationFigures, validate } from './validation.js';

const figure = 'ROC AUC';
/** Below this a model tells what is wanted from what is not hardly better than by chance, which is .5. */
const leastAuc = 0.6;
/** Of what it was trained on a model that has learnt anything tells nearly all of what is wanted. */
const leastTrainedAuc = 0.85;
/** Queries that are looked at, of each kind. */
const mostQueries = 1000;

export interface LearningVerdict {
  /** measured where the validation queries do not show that anything was learnt */
  readonly knownItems?: ValidationFigures;
  readonly warnings: readonly string[];
}

/** What a model is judged by. */
interface Judged {
  readonly state: ModelState;
  readonly corpus: Corpus;
  readonly data: Pick<PreparedData, 'documents' | 'pairs'>;
}

/**
 * Whether a model has learnt anything: by its validation queries; where there are none, or it fails them, by queries drawn from the documents,
 * by draws that training has not seen; where these tell nothing, since documents have no words of their own, by pairs that it was trained on.
 * @param validation  figures on the validation queries; undefined where there are none
 * @throws TandemError 'training/diverged'
 */
export async function judgeLearning(judged: Judged, validation?: ValidationFigures): Promise<LearningVerdict> {
  const held = validation?.[figure];
  if (held !== undefined && held >= leastAuc) return { warnings: [] };
  const knownItems = await measure(judged, drawnQueries(judged));
  const drawn = knownItems?.[figure] ?? 0;
  const trained = drawn >= leastTrainedAuc ? drawn : await trainedAuc(judged, drawn);
  return { knownItems, warnings: warningsOf(held, trained) };
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

/** @param validation  ROC AUC on the validation queries @param trained  the same on what the model was trained on */
function warningsOf(validation: number | undefined, trained: number): string[] {
  if (trained < leastTrainedAuc) {
    return [
      `the model has learnt next to nothing: on queries like those that it was trained on its ROC AUC is ${trained.toFixed(3)}, where .5 is chance and more than .95 is usual. ${longer}, give pairs of more queries, or lower training.learningRate.`,
    ];
  }
  if (validation === undefined) return [];
  return [
    `the model hardly finds what the validation queries ask for: its ROC AUC is ${validation.toFixed(3)}, where .5 is chance. Give more pairs, or use an imported encoder (\`tandem import-encoder\`). ${longer}.`,
  ];
}

/** Figures on known items under names of their own, beside those on validation queries. */
export const named = (knownItems: ValidationFigures = {}): Record<string, number> =>
  Object.fromEntries(Object.entries(knownItems).map(([name, value]) => [`known-item ${name}`, value]));
