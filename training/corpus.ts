import { mix } from '../data/examples.js';
import { documentPopularity } from '../data/popularity.js';
import type { PreparedData } from '../data/prepared.js';
import { createDocumentQueries } from '../data/pseudo-queries.js';
import { countDemand } from '../data/words.js';
import { type AttributeVocabulary, attributeVocabulary } from '../models/attributes.js';
import { meanImage } from '../models/centre-image.js';
import { createTowers, hasImages, hasText, type Tower } from '../models/channels.js';
import { createFeatureExtractor, type FeatureExtractor, type Features, type TokenEncoder } from '../models/features.js';
import type { ImageVectors } from '../models/images/image-vectors.js';
import type { Vocabulary } from '../models/model-state.js';
import { documentTowerRow, imageReferences } from '../models/runtime/embedder.js';
import { loadTokenizer } from '../models/tokenizer/tokenizer.js';
import { writeTokenizerJson } from '../models/tokenizer/tokenizer-json.js';
import { trainUnigram } from '../models/tokenizer/train-unigram.js';
import type { Config } from '../src/config/schema.js';
import { attributeOf, type DocumentChannel, documentTokens, type QueryChannel } from '../src/config/towers.js';
import { TandemError } from '../src/errors/tandem-error.js';
import type { Random } from '../src/math/random.js';
import { auxiliaryParameters } from './auxiliary.js';
import { type HeadQueryLabels, headQueryLabels } from './head-queries.js';
import { positivesByQuery } from './mining.js';

/** The data as training sees it: vocabularies fixed, documents turned into features. */
export interface Corpus {
  /** the configuration less the channels that no row has anything for */
  readonly config: Config;
  readonly vocabulary: Vocabulary;
  /** tokenizer.json, where a tower reads text */
  readonly tokenizer?: string;
  readonly queryFeatures: FeatureExtractor;
  /** features of every document */
  readonly documents: readonly Features[];
  readonly pseudoQuery: (document: number, random: Random) => string;
  /** of the pairs, in their order */
  readonly trainingQueries: readonly { readonly query: string; readonly country?: string }[];
  /** labels of the auxiliary task; of no class without it */
  readonly headQueries: HeadQueryLabels;
  /** by query key, in the order of the pairs: the documents that answer it */
  readonly positives: ReadonlyMap<string, ReadonlySet<number>>;
  /** by document: weight of its training pairs */
  readonly popularity: Float64Array;
}

/** What the features are made with already, where a run begins with an encoder or a model. */
export interface KnownVocabulary {
  /** tokenizer.json */
  readonly tokenizer?: string;
  readonly vocabulary?: Vocabulary;
}

/** Fewest tokens that the longest query gets, whatever the training queries say. */
const leastQueryTokens = 8;

/**
 * Leaves out the channels whose field is empty in every row, and says which.
 * @param images  without them no document has an image
 * @throws TandemError 'training/no-examples' when a tower has none left
 */
export function usableChannels(
  config: Config,
  data: PreparedData,
  images?: ImageVectors,
): { config: Config; dropped: string[] } {
  const described = data.documents.some(({ description }) => description !== undefined && description !== '');
  const titled = data.documents.some(({ title }) => title !== '');
  const countries = data.documents.some(d => d.country !== undefined) || data.pairs.some(p => p.country !== undefined);
  const { limit } = config.towers.image;
  const pictured =
    images !== undefined && data.documents.some(row => images.of(imageReferences(row, limit)).length > 0);
  const said = (field: string | undefined): boolean =>
    field === undefined || attributeVocabulary(field, data.documents) !== undefined;
  const usable = (channel: string): boolean =>
    said(attributeOf(channel)) &&
    (pictured || channel !== 'image') &&
    (described || !channel.startsWith('description')) &&
    (titled || !channel.startsWith('title')) &&
    (countries || channel !== 'country');
  const { query, document } = config.towers;
  const kept = {
    query: query.filter(usable) as QueryChannel[],
    document: document.filter(usable) as DocumentChannel[],
  };
  for (const [tower, channels] of Object.entries(kept)) {
    if (channels.length === 0)
      throw new TandemError('training/no-examples', `no row has a value for any channel of the ${tower} tower`);
  }
  const dropped = [
    ...query.filter(c => !usable(c)).map(c => `query.${c}`),
    ...document.filter(c => !usable(c)).map(c => `document.${c}`),
  ];
  const training = { ...config.training, gradientBlending: usableGroups(config.training.gradientBlending, kept) };
  return { config: { ...config, towers: { ...config.towers, ...kept }, training }, dropped };
}

/** Groups less the channels that are left out; one that has none left has no loss of its own. */
function usableGroups(
  { joint, query, document }: Config['training']['gradientBlending'],
  kept: { readonly query: readonly string[]; readonly document: readonly string[] },
): Config['training']['gradientBlending'] {
  const within = <G extends { readonly channels: readonly string[] }>(groups: readonly G[], there: readonly string[]) =>
    groups
      .map(group => ({ ...group, channels: group.channels.filter(channel => there.includes(channel)) }))
      .filter(({ channels }) => channels.length > 0) as G[];
  return { joint, query: within(query, kept.query), document: within(document, kept.document) };
}

/**
 * Trains the vocabularies and turns every document into features.
 * @param known   vocabularies that are not trained anew
 * @param images  vectors of the images of the documents
 */
export async function createCorpus(
  config: Config,
  data: PreparedData,
  known: KnownVocabulary = {},
  images?: ImageVectors,
): Promise<Corpus> {
  const towers = createTowers(config.towers, config.textEncoder, images?.width);
  const text = hasText(towers.query) || hasText(towers.document);
  const trained = (): string => writeTokenizerJson(trainUnigram(corpusTexts(data), config.textEncoder.vocabularySize));
  const tokenizerJson = text ? (known.tokenizer ?? trained()) : undefined;
  const tokenizer = tokenizerJson === undefined ? undefined : await loadTokenizer(tokenizerJson);
  const maxDocumentTokens = documentTokens(config.textEncoder);
  const { weight, classes } = config.training.auxiliary;
  const vocabulary: Vocabulary = known.vocabulary ?? {
    countries: [...new Set([...data.documents, ...data.pairs].flatMap(({ country }) => country ?? []))].sort(),
    tokens: tokenizer?.vocabularySize ?? 0,
    maxQueryTokens: config.textEncoder.maxQueryTokens ?? queryTokens(config, data, tokenizer),
    maxDocumentTokens,
    ...(hasImages(towers.document) && images !== undefined && imageVocabulary(config, data, images)),
    ...attributesOf(towers.document, data),
  };
  const extractor = (name: 'query' | 'document', maxTokens: number): FeatureExtractor =>
    createFeatureExtractor(towers[name], {
      towers: config.towers,
      countries: vocabulary.countries,
      attributes: vocabulary.attributes,
      imageMean: vocabulary.imageMean,
      tokenizer,
      maxTokens,
    });
  const demand = countDemand(data.pairs.map(({ query }) => query));
  const pseudoQuery = createDocumentQueries(data.documents, demand, config.pseudoQueries);
  const documentFeatures = extractor('document', maxDocumentTokens);
  return {
    config,
    vocabulary,
    tokenizer: tokenizerJson,
    queryFeatures: extractor('query', vocabulary.maxQueryTokens),
    documents: data.documents.map(row => documentFeatures(documentTowerRow(row, images, config.towers.image.limit))),
    pseudoQuery,
    trainingQueries: data.pairs,
    headQueries: headQueryLabels(data.pairs, data.documents.length, weight > 0 ? classes : 0),
    positives: positivesByQuery(data.pairs),
    popularity: documentPopularity(data.pairs, data.documents.length),
  };
}

/** How the fields that the document tower reads become features; nothing where it reads none. */
function attributesOf({ channels }: Tower, { documents }: PreparedData): Pick<Vocabulary, 'attributes'> {
  const fields = channels.flatMap(channel => (channel.table === 'attribute' ? [channel.source.attribute] : []));
  if (fields.length === 0) return {};
  const known = fields.map((field): [string, AttributeVocabulary] => [
    field,
    attributeVocabulary(field, documents) ?? { kind: 'categories' },
  ]);
  return { attributes: Object.fromEntries(known) };
}

/** What the artefact keeps of the images that the documents show. */
function imageVocabulary({ towers }: Config, { documents }: PreparedData, images: ImageVectors) {
  const { limit } = towers.image;
  const vectors = documents.flatMap(row => documentTowerRow(row, images, limit).images ?? []);
  return { imageWidth: images.width, imageMean: meanImage(vectors) };
}

/** Parameters of the auxiliary task, where it is switched on and the pairs name any query. */
export function auxiliaryOf({ config, headQueries: { classes } }: Corpus): Record<string, readonly number[]> {
  const wanted = config.training.auxiliary.weight > 0 && classes > 0;
  return wanted ? auxiliaryParameters(config.towers.embeddingWidth, classes) : {};
}

/** Every text that the vocabulary is trained on: titles, descriptions, training queries. */
export function* corpusTexts({ documents, pairs }: PreparedData): Generator<string> {
  for (const { title, description } of documents) {
    yield title;
    if (description !== undefined) yield description;
  }
  for (const { query } of pairs) yield query;
}

/** p99 of the training queries' lengths, as in the paper. */
function queryTokens({ textEncoder }: Config, { pairs }: PreparedData, tokenizer: TokenEncoder | undefined): number {
  if (tokenizer === undefined) return 0;
  const { queryPrefix } = textEncoder;
  const most = documentTokens(textEncoder);
  const lengths = pairs.map(({ query }) => tokenizer.encode(queryPrefix + query, most).length).sort((a, b) => a - b);
  const p99 = lengths[Math.floor(0.99 * (lengths.length - 1))] ?? 0;
  return Math.max(leastQueryTokens, p99);
}

/** Random source of one step, apart from the one that drew its examples. */
export const stepSeed = (seed: number, stage: number, step: number): number => mix(seed, stage, step, 0x64726f70);
