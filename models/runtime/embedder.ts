import type { DocumentRow } from '../../src/config/rows.js';
import { fillTowerInputs, type Tables } from '../batch-inputs.js';
import { hasText, type Tower, type TowerName } from '../channels.js';
import { type FeatureExtractor, type Features, isReadable, type TowerRow } from '../features.js';
import type { ImageVectors } from '../images/image-vectors.js';
import type { NativeGraph } from './session.js';

/** A tower that can be run: its features, its tables and its native graph. */
export interface RunnableTower {
  readonly tower: Tower;
  readonly extract: FeatureExtractor;
  readonly tables: Tables;
  readonly graph: NativeGraph;
}

export type RunnableTowers = Readonly<Record<TowerName, RunnableTower>>;

/** Examples that go through the graph at once. */
const batchSizes = { bags: 256, texts: 32 } as const;
/** Tokens of a batch of texts, padding included: few, so that a transformer's hidden states stay in the cache of a core. */
const tokensAtOnce = 512;

/** What a tower makes of some rows. */
export interface Embedded {
  /** float32 [n * D], row-major, rows of length 1; all zeros where there was nothing to embed */
  readonly embeddings: Float32Array;
  /** fusion weights, float32 [n * C]; zeros likewise */
  readonly weights: Float32Array;
}

/** References of the images of a document that its tower looks at. */
export const imageReferences = ({ images = [] }: DocumentRow, limit: number): string[] => images.slice(0, limit);

/**
 * What the document tower reads of a row.
 * @param images  vectors of its images; without them the document has none
 * @param limit   images looked at, the first ones
 */
export const documentTowerRow = (row: DocumentRow, images?: ImageVectors, limit = 0): TowerRow => ({
  title: row.title,
  description: row.description,
  country: row.country,
  images: images?.of(imageReferences(row, limit)),
  attributes: row,
});

export const queryTowerRow = ({ text, country }: { text: string; country?: string }): TowerRow => ({ text, country });

/** Examples with something to embed. Longest texts, or where there are none most images, last: batches of about one length waste little on padding. */
function* batchesByLength(tower: Tower, features: readonly Features[], first: Int32Array): Generator<Int32Array> {
  const kind = hasText(tower) ? 'text' : 'images';
  const sequences = tower.channels.flatMap((channel, c) => (channel.kind === kind ? [c] : []));
  const length = (i: number): number => sequences.reduce((sum, c) => sum + features[i][c].length, 0);
  const order = first.filter((same, i) => same === i && isReadable(tower, features[i]));
  if (sequences.length > 0) order.sort((a, b) => length(a) - length(b) || a - b);
  const size = kind === 'text' ? batchSizes.texts : batchSizes.bags;
  for (let from = 0, to = 0; from < order.length; from = to) {
    do to++;
    while (
      to < Math.min(order.length, from + size) &&
      (kind !== 'text' || (to + 1 - from) * length(order[to]) <= tokensAtOnce)
    );
    yield order.subarray(from, to);
  }
}

/** Of each example the first one that a tower reads the same of. Only where there are texts: these are what costs. */
function firstAlike(tower: Tower, features: readonly Features[]): Int32Array {
  const first = Int32Array.from(features.keys());
  if (!hasText(tower)) return first;
  const met = new Map<string, number>();
  return first.map(i => {
    if (features[i].some(channel => !(channel instanceof Int32Array) && channel.length > 0)) return i;
    const key = features[i].map(channel => channel.join()).join(';');
    const same = met.get(key);
    if (same === undefined) met.set(key, i);
    return same ?? i;
  });
}

/**
 * Embeds examples whose features are known, in batches, equal ones once; an example's embedding does not depend on its batch beyond rounding. One that
 * has no features but a country has nothing to embed.
 */
export async function embedFeatures(
  { tower, tables, graph }: RunnableTower,
  features: readonly Features[],
): Promise<Embedded> {
  const width = tower.embeddingWidth;
  const channels = tower.channels.length;
  const embeddings = new Float32Array(features.length * width);
  const weights = new Float32Array(features.length * channels);
  const first = firstAlike(tower, features);
  for (const rows of batchesByLength(tower, features, first)) {
    const { feeds } = fillTowerInputs(
      tower,
      tables,
      Array.from(rows, i => features[i]),
    );
    const result = await graph.run(feeds);
    rows.forEach((row, i) => {
      embeddings.set(result.embedding.subarray(i * width, (i + 1) * width), row * width);
      weights.set(result.weights.subarray(i * channels, (i + 1) * channels), row * channels);
    });
  }
  first.forEach((same, i) => {
    if (same === i) return;
    embeddings.copyWithin(i * width, same * width, (same + 1) * width);
    weights.copyWithin(i * channels, same * channels, (same + 1) * channels);
  });
  return { embeddings, weights };
}

/** Embeds rows; see embedFeatures. */
export const embedRows = (runnable: RunnableTower, rows: readonly TowerRow[]): Promise<Embedded> =>
  embedFeatures(runnable, rows.map(runnable.extract));
