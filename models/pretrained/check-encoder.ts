import { presets } from '../../src/config/presets.js';
import { configSchema } from '../../src/config/schema.js';
import { TandemError } from '../../src/errors/tandem-error.js';
import { exportTower } from '../export-tower.js';
import { createFeatureExtractor, isReadable } from '../features.js';
import { createModelState, type Vocabulary } from '../model-state.js';
import type { PretrainedEncoder } from '../pretrained-encoder.js';
import { pretrainedParts } from '../pretrained-parts.js';
import { embedFeatures, type RunnableTower } from '../runtime/embedder.js';
import { createNativeGraph } from '../runtime/session.js';
import { loadTokenizer } from '../tokenizer/tokenizer.js';
import { frozenLength, withEncoder } from '../with-encoder.js';

/** Short, long, in other scripts; the longest is longer than any encoder reads. A vocabulary need not know all of them. */
const samples = [
  'garden hose',
  'a',
  'Garden hose, 25 m, with brass fittings and a reel: fits 3/4 in. taps ($19.99).',
  'Übergrößen & naïve cafés',
  'садовый шланг для полива',
  '庭のホース 花园软管 정원 호스',
  'خرطوم الحديقة',
  'a long text of many words that goes on and on, '.repeat(200),
];

/** What the check of an encoder has seen. */
export interface EncoderCheck {
  readonly texts: number;
  /** between a text alone and the same beside longer ones, padded to their length */
  readonly leastCosine: number;
}

const agreement = 0.9999;

const failed = (why: string): TandemError => new TandemError('model/failed-check', `the encoder ${why}`);

/**
 * Embeds a few texts, each alone and all together, before anything is written: padding must not count, and different texts must differ.
 * @throws TandemError 'model/failed-check'
 */
export async function checkEncoder(encoder: PretrainedEncoder): Promise<EncoderCheck> {
  const length = frozenLength(encoder);
  const tokenizer = await loadTokenizer(encoder.tokenizer);
  const ids = samples.map(text => tokenizer.encode(text, length));
  if (ids.some(each => each.includes(tokenizer.padId))) throw failed('is given padding as a part of the text');
  const runnable = await runnableTower(encoder, length);
  try {
    const texts = samples.filter(text => isReadable(runnable.tower, runnable.extract({ text })));
    if (texts.length < 2) throw failed('knows no token of the texts that it is checked with');
    const features = texts.map(text => runnable.extract({ text }));
    const together = await embeddingsOf(runnable, features);
    const alone: Float32Array[] = [];
    for (const each of features) alone.push(...(await embeddingsOf(runnable, [each])));
    for (const [i, vector] of [...together, ...alone].entries()) {
      const own = cosine(vector, vector);
      if (!(Math.abs(own - 1) < 1e-3)) throw failed(`gives no vector for "${texts[i % texts.length].slice(0, 40)}"`);
    }
    const cosines = together.map((vector, i) => cosine(vector, alone[i]));
    const leastCosine = Math.min(...cosines);
    if (leastCosine < agreement) {
      const text = texts[cosines.indexOf(leastCosine)].slice(0, 40);
      throw failed(`embeds "${text}" alone and beside longer texts differently, cosine ${leastCosine.toFixed(4)}`);
    }
    if (alone.every(vector => cosine(vector, alone[0]) > 1 - 1e-6)) throw failed('gives every text the same vector');
    return { texts: texts.length, leastCosine };
  } finally {
    await runnable.graph.close();
  }
}

/** The query tower that is the encoder alone, in memory. */
async function runnableTower(encoder: PretrainedEncoder, length: number): Promise<RunnableTower> {
  const config = withEncoder(configSchema.parse(presets.importedAsIs), encoder, length);
  const vocabulary: Vocabulary = {
    countries: [],
    tokens: encoder.token.rows,
    maxQueryTokens: length,
    maxDocumentTokens: length,
  };
  const state = createModelState(config, vocabulary, pretrainedParts(config, encoder));
  const tower = state.towers.query;
  return {
    tower,
    tables: state.tables,
    extract: createFeatureExtractor(tower, {
      towers: config.towers,
      countries: [],
      tokenizer: await loadTokenizer(encoder.tokenizer),
      maxTokens: length,
    }),
    graph: await createNativeGraph(exportTower(tower, state)),
  };
}

async function embeddingsOf(
  runnable: RunnableTower,
  features: Parameters<typeof embedFeatures>[1],
): Promise<Float32Array[]> {
  const { embeddings } = await embedFeatures(runnable, features);
  const width = runnable.tower.embeddingWidth;
  return features.map((_, i) => embeddings.subarray(i * width, (i + 1) * width));
}

/** Of vectors of length 1. */
const cosine = (a: Float32Array, b: Float32Array): number => a.reduce((sum, x, i) => sum + x * b[i], 0);
