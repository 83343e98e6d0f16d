import type { PreparedData, TrainingPair } from '../../data/prepared.js';
import type { ImageVectors } from '../../models/images/image-vectors.js';
import { presets } from '../../src/config/presets.js';
import { type Config, configSchema } from '../../src/config/schema.js';
import { seededRandom, shuffle } from '../../src/math/random.js';
import { murmur3 } from '../../src/text/murmur3.js';

const colours = ['red', 'green', 'blue', 'amber', 'violet', 'ivory', 'teal', 'coral'];
const kinds = ['hammer', 'ladder', 'faucet', 'sander', 'carpet', 'window', 'shovel', 'socket', 'drawer', 'blanket'];
const makers = ['alder', 'birch', 'cedar', 'maple', 'olive'];

/** Every colour, kind and maker once: 400 documents that only all three words together tell apart. */
const titles = colours.flatMap(colour => kinds.flatMap(kind => makers.map(maker => `${maker} ${colour} ${kind}`)));

export interface DataChoice {
  readonly documents?: number;
  readonly pairs?: boolean;
  readonly validation?: boolean;
  readonly descriptions?: boolean;
  /** images (0 to 5 of them), a price, a brand and tags, of most documents */
  readonly fields?: boolean;
}

/** Attributes and images that go with a title; now and then there is nothing. */
function fieldsOf(title: string, document: number) {
  const [maker, colour, kind] = title.split(' ');
  return {
    images: Array.from({ length: document % 6 }, (_, i) => `${colour} ${kind} ${i}`),
    ...(document % 7 !== 0 && { price: kinds.indexOf(kind) * 10 + document / 1000, brand: maker.toUpperCase() }),
    tags: document % 5 === 0 ? [] : [colour, kind],
  };
}

/** Image vectors, 6 wide, drawn by their reference; those whose number is 3 cannot be read. */
export const fixtureImages: ImageVectors = {
  width: 6,
  of: references =>
    references
      .filter(reference => !reference.endsWith('3'))
      .map(reference => {
        const random = seededRandom(murmur3(reference, 1));
        return Float32Array.from({ length: 6 }, () => random.normal());
      }),
};

/** Channels that read what `fields` gives. */
export const fieldChannels = [
  'titleTrigram',
  'titleWord',
  'image',
  'attribute.price',
  'attribute.brand',
  'attribute.tags',
];

/** Prepared data made on the spot: a query is a document's colour and kind, or its maker and kind; one in five is held out. */
export function makeData({
  documents: count = 240,
  pairs: labelled = true,
  validation = true,
  descriptions = false,
  fields = false,
}: DataChoice = {}): PreparedData {
  const order = shuffle(Array.from(titles.keys()), seededRandom(5)).slice(0, count);
  const documents = order.map((t, i) => ({
    id: `d${i}`,
    title: titles[t],
    ...(descriptions ? { description: `a ${titles[t].split(' ')[2]} that lasts, made for house and garden` } : {}),
    ...(fields && fieldsOf(titles[t], i)),
  }));
  const pairs: TrainingPair[] = [];
  const queries: { id: string; text: string }[] = [];
  const qrels = new Map<string, Map<string, number>>();
  documents.forEach(({ id, title }, document) => {
    const [maker, colour, kind] = title.split(' ');
    const query = document % 2 === 0 ? `${colour} ${kind}` : `${kind} ${maker}`;
    if (document % 5 !== 0) {
      pairs.push({ query, document, weight: 1 });
      return;
    }
    queries.push({ id: `q${document}`, text: query });
    qrels.set(`q${document}`, new Map([[id, 1]]));
  });
  const counts = { train: 0, validation: queries.length, test: 0 };
  return {
    folder: 'made-in-the-test',
    manifest: {
      format: 'tandem-data',
      version: 1,
      seed: 1,
      shares: { train: 0.8, validation: 0.2, test: 0 },
      sources: [],
      files: { documents: { bytes: count, sha256: 'a'.repeat(64) } },
      counts: {
        documents: count,
        pairs: pairs.length,
        queries: counts,
        unknownDocuments: 0,
        unknownJudged: 0,
        unknownQueries: 0,
        blankQueries: 0,
      },
    },
    documents,
    pairs: labelled ? pairs : [],
    validation: validation ? { queries, qrels } : undefined,
  };
}

type Overrides = { readonly [part in 'towers' | 'training' | 'textEncoder']?: Readonly<Record<string, unknown>> };

export const stage = (epochs: number, pseudoShare: number, more: Readonly<Record<string, unknown>> = {}) => ({
  name: pseudoShare === 1 ? 'pseudo' : 'labelled',
  epochs,
  pseudoShare,
  ...more,
});

/** A configuration small enough that a step takes about a millisecond. */
export function smallConfig({ towers, training, textEncoder }: Overrides = {}): Config {
  return configSchema.parse({
    seed: 3,
    towers: { embeddingWidth: 16, tableWidth: 16, trigramBuckets: 1024, wordBuckets: 1024, ...towers },
    textEncoder: { vocabularySize: 200, width: 16, heads: 2, feedForward: 2, maxDocumentTokens: 16, ...textEncoder },
    training: {
      batchSize: 32,
      learningRate: 0.01,
      warmupSteps: 5,
      evaluateEvery: 1,
      patience: 0,
      threads: 1,
      stages: [stage(3, 1), stage(3, 0.5)],
      ...training,
    },
  });
}

/** The same with the text encoder on top, as the preset has it. */
export const textConfig = ({ towers, ...rest }: Overrides = {}): Config =>
  smallConfig({ ...rest, towers: { ...presets.text.towers, ...towers } });
