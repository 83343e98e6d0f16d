/**
 * Tandem as a library: prepare data, train towers, see what each part is worth, pretrain and import encoders. Nothing is loaded before a verb is
 * called. Searching stands in `tandem-search`. docs/library.md has an example for each.
 */
import type {
  AblateOptions,
  AblationResult,
  ImportEncoderOptions,
  ImportedEncoder,
  Prepared,
  PrepareOptions,
  Pretrained,
  PretrainOptions,
  TrainedRanker,
  TrainedTowers,
  TrainRankerOptions,
  TrainTowersOptions,
} from './training-options.js';

export { TandemError } from '../errors/tandem-error.js';
export type * from './training-options.js';

/**
 * Turns documents and positive pairs, or the log of what people did, into what is trained and measured on: split by query, so that no query that is
 * measured on was trained on.
 *
 * ```ts
 * await prepareData({ documents: 'documents.jsonl', pairs: 'clicks.jsonl', out: 'out/data' });
 * ```
 * @throws TandemError 'files/exists' without `replace` | 'data/*' (with the line) | 'config/bad-value'; then nothing is changed
 */
export async function prepareData(options: PrepareOptions): Promise<Prepared> {
  const { prepareRows } = await import('./training/prepare-rows.js');
  return prepareRows(options);
}

/**
 * Trains the query tower and the document tower on prepared data, and writes the model.
 *
 * ```ts
 * const { validation } = await trainTowers({ data: 'out/data', out: 'out/model', config: { training: { batchSize: 512 } } });
 * console.log(validation['nDCG@10']);
 * ```
 * @throws TandemError 'files/exists' without `replace` | 'config/*' | 'data/*' | 'training/*'; the model that was there is left as it was
 */
export async function trainTowers(options: TrainTowersOptions): Promise<TrainedTowers> {
  const { trainTowersOn } = await import('./training/train-towers.js');
  return trainTowersOn(options);
}

/**
 * Learns from judged queries how to order the best hits of an index, and writes a ranker. `setRanker` puts it into the index.
 *
 * ```ts
 * const judged = { queries: 'judged.jsonl', qrels: 'judged.trec' };
 * const { before, after } = await trainRanker({ index: 'out/index', judged, out: 'out/ranker.json' });
 * ```
 * @throws TandemError 'files/exists' without `replace` | 'ranker/*' | 'evaluation/no-queries' | 'index/*' | 'data/*'
 */
export async function trainRanker(options: TrainRankerOptions): Promise<TrainedRanker> {
  const { trainRankerOn } = await import('./ranking/train-ranker-on.js');
  return trainRankerOn(options);
}

/**
 * Trains variants of a configuration, measures them by the same queries, and writes a report. A run that was interrupted goes on.
 *
 * ```ts
 * const variants = [{ name: 'narrow', set: { 'towers.embeddingWidth': 64 } }];
 * const { splits } = await ablate({ data: 'out/data', out: 'out/ablation', variants });
 * ```
 * @throws TandemError 'files/exists' where a report stands and `replace` is not given | 'config/*' (naming the variant) | 'training/*'
 */
export async function ablate(options: AblateOptions): Promise<AblationResult> {
  const { ablateVariants } = await import('./training/ablate-variants.js');
  return ablateVariants(options);
}

/**
 * Pretrains a text encoder on text without labels, for languages that nobody has an encoder of.
 *
 * ```ts
 * await pretrainEncoder({ texts: ['texts.jsonl'], out: 'out/encoder', config: { pretraining: { epochs: 20 } } });
 * ```
 * @throws TandemError 'files/exists' without `replace` | 'config/*' | 'data/*' | 'training/*'
 */
export async function pretrainEncoder(options: PretrainOptions): Promise<Pretrained> {
  const { pretrainOn } = await import('./training/pretrain-text.js');
  return pretrainOn(options);
}

/**
 * Imports a text encoder from a Hugging Face folder (bert, xlm-roberta), to train on or to use as it is.
 *
 * ```ts
 * await importEncoder({ from: 'all-MiniLM-L6-v2', out: 'out/minilm', asModel: true });
 * ```
 * @throws TandemError 'files/exists' without `replace` | 'data/not-found' | 'model/unsupported-encoder' | 'model/*'
 */
export async function importEncoder(options: ImportEncoderOptions): Promise<ImportedEncoder> {
  const { importFrom } = await import('./training/import-from.js');
  return importFrom(options);
}
