import { withoutChannel } from '../models/default-features.js';
import type { Features } from '../models/features.js';
import { embedFeatures, type RunnableTower, type RunnableTowers } from '../models/runtime/embedder.js';
import type { DocumentRow } from '../src/config/rows.js';
import { aucDifference } from '../src/evaluation/auc-difference.js';
import { bootstrapMean, type Interval } from '../src/evaluation/bootstrap.js';
import { differencesOf } from '../src/evaluation/compare.js';
import { type Evaluation, evaluateRun } from '../src/evaluation/evaluate.js';
import type { ChannelImportance, Inspection } from './report/inspection-sections.js';
import { aucOf, type Retrieved, retrieveExactly, type ValidationSet } from './validation.js';

/** Figures that a channel is judged by; the first is what channels are sorted by. */
const perQueryFigures = ['nDCG@10', 'Recall@100'] as const;
const aucFigure = 'ROC AUC';

/** Resamples of the pooled ROC AUC, each of which looks at every pair. */
const aucSamples = 1000;

/** Rows that are embedded between two reports of progress. */
const slice = 4096;

export interface ImportanceInput {
  readonly towers: RunnableTowers;
  /** of the queries of the set, and of all documents */
  readonly features: Readonly<Record<'query' | 'document', readonly Features[]>>;
  readonly documents: readonly DocumentRow[];
  readonly set: ValidationSet;
  /** of the bootstrap */
  readonly seed: number;
  /** of the matrix products; 0 = all cores */
  readonly threads: number;
  /** told how many of how many rows have been embedded */
  readonly onProgress?: (done: number, total: number) => void;
}

/** What channels are worth, and the fusion weights that came with the whole towers' embeddings. */
export interface Importance extends Pick<Inspection, 'figures' | 'importance'> {
  /** float32 [n * C] of each tower */
  readonly weights: Readonly<Record<'query' | 'document', Float32Array>>;
}

/**
 * Importance of every channel of both towers (Que2Search, 5.3): the channel is replaced by its default value in all rows of its tower,
 * for a bag or a text no features at all, for the country the row of unknown ones, and the figures are taken anew. The other tower's
 * embeddings stay as they are. Two channels that say the same thing can each look dispensable.
 * @throws TandemError 'evaluation/one-class' where the judgements leave no negative pair
 */
export async function featureImportance(input: ImportanceInput): Promise<Importance> {
  const { towers, features, documents, set, threads } = input;
  const embed = countedEmbedding(input);
  const query = await embed(towers.query, features.query);
  const document = await embed(towers.document, features.document);
  const measure = async (q: Float32Array, d: Float32Array): Promise<EmbeddingMeasures> => {
    const found = await retrieveExactly(q, d, documents, set, threads);
    return { ...found, evaluation: evaluateRun(found.run, set.qrels, { relevanceLevel: set.level }) };
  };
  const whole = await measure(query.embeddings, document.embeddings);
  const importance: ChannelImportance[] = [];
  for (const name of ['query', 'document'] as const) {
    const { tower } = towers[name];
    for (const channel of tower.channels) {
      const changed = features[name].map(row => withoutChannel(row, tower, channel.name));
      const { embeddings } = await embed(towers[name], changed);
      const without =
        name === 'query' ? await measure(embeddings, document.embeddings) : await measure(query.embeddings, embeddings);
      const had = features[name].filter((row, i) => row !== changed[i]).length;
      importance.push({
        tower: name,
        channel: channel.name,
        share: had / features[name].length,
        without: figuresOf(without),
        lost: differences(whole, without, input.seed),
      });
    }
  }
  return { figures: figuresOf(whole), importance, weights: { query: query.weights, document: document.weights } };
}

/** What embeddings are worth, by the judgements of a validation set. */
interface EmbeddingMeasures extends Retrieved {
  readonly evaluation: Evaluation;
}

function figuresOf(measures: EmbeddingMeasures): Record<string, number> {
  const perQuery = perQueryFigures.map(name => [name, measures.evaluation.means[name]] as const);
  return { ...Object.fromEntries(perQuery), [aucFigure]: aucOf(measures) };
}

function differences(whole: EmbeddingMeasures, without: EmbeddingMeasures, seed: number): Record<string, Interval> {
  const perQuery = perQueryFigures.map(name => {
    const found = differencesOf(whole.evaluation.perQuery, without.evaluation.perQuery, name);
    return [
      name,
      bootstrapMean(
        found.map(({ difference }) => difference),
        { seed },
      ),
    ] as const;
  });
  const auc = aucDifference(whole.pairs, whole.cosines, without.cosines, { seed, samples: aucSamples });
  return { ...Object.fromEntries(perQuery), [aucFigure]: auc };
}

/** Embeds in slices, so that the progress of long work can be told and the work interrupted. */
function countedEmbedding({ towers, features, onProgress }: ImportanceInput) {
  const passes = (name: 'query' | 'document'): number =>
    features[name].length * (1 + towers[name].tower.channels.length);
  const total = passes('query') + passes('document');
  let done = 0;
  return async (tower: RunnableTower, rows: readonly Features[]) => {
    const embeddings = new Float32Array(rows.length * tower.tower.embeddingWidth);
    const weights = new Float32Array(rows.length * tower.tower.channels.length);
    for (let from = 0; from < rows.length; from += slice) {
      const part = await embedFeatures(tower, rows.slice(from, from + slice));
      embeddings.set(part.embeddings, from * tower.tower.embeddingWidth);
      weights.set(part.weights, from * tower.tower.channels.length);
      done += Math.min(slice, rows.length - from);
      onProgress?.(done, total);
    }
    return { embeddings, weights };
  };
}
