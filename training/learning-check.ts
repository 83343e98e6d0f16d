import { drawKnownItems } from '../data/known-items.js';
import type { ModelState } from '../models/model-state.js';
import type { DocumentRow } from '../src/config/rows.js';
import { seededRandom, shuffle } from '../src/math/random.js';
import type { Corpus } from './corpus.js';
import { createValidationSet, type ValidationFigures, validate } from './validation.js';

const figure = 'ROC AUC';
/** Below this a model tells what is wanted from what is not hardly better than by chance, which is .5. */
const leastAuc = 0.6;
/** Known-item queries hold words of the wanted document: towers that have learnt anything rank it above nearly all others. */
const leastKnownItemAuc = 0.85;
/** Known-item queries looked at. */
const mostKnownItems = 1000;

export interface LearningVerdict {
  /** measured where the validation queries do not show that anything was learnt */
  readonly knownItems?: ValidationFigures;
  readonly warnings: readonly string[];
}

/**
 * Whether a model has learnt anything: by its validation queries; where there are none, or it fails them, by queries drawn from the documents,
 * with draws that training has not seen.
 * @param validation  figures on the validation queries; undefined where there are none
 * @throws TandemError 'training/diverged'
 */
export async function judgeLearning(
  state: ModelState,
  corpus: Corpus,
  documents: readonly DocumentRow[],
  validation: ValidationFigures | undefined,
): Promise<LearningVerdict> {
  if (validation !== undefined && validation[figure] >= leastAuc) return { warnings: [] };
  const knownItems = await measureKnownItems(state, corpus, documents);
  return { knownItems, warnings: warningsOf(validation?.[figure], knownItems?.[figure]) };
}

async function measureKnownItems(
  state: ModelState,
  corpus: Corpus,
  documents: readonly DocumentRow[],
): Promise<ValidationFigures | undefined> {
  const { config } = corpus;
  const random = seededRandom(config.seed);
  const drawn = shuffle(Int32Array.from(documents.keys()), random).subarray(0, mostKnownItems);
  const asked = Array.from(drawn, document => documents[document]);
  const set = createValidationSet(drawKnownItems(asked, config.pseudoQueries, config.seed), documents);
  return set && validate(state, corpus, documents, set, config.training.threads);
}

const longer =
  'Train longer: give the stages of training.stages more minSteps or epochs (the default preset takes at least 300 steps each)';

/** @param validation  ROC AUC on the validation queries @param knownItems  on queries drawn from the documents */
function warningsOf(validation: number | undefined, knownItems: number | undefined): string[] {
  if (knownItems !== undefined && knownItems < leastKnownItemAuc) {
    return [
      `the model has learnt next to nothing: on queries drawn from the documents' own words its ROC AUC is ${knownItems.toFixed(3)}, where .5 is chance and a trained model has more than .95. ${longer}, or lower training.learningRate.`,
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
