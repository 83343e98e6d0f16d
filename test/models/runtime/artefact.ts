import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ImageSource, ImageVectors } from '../../../models/images/image-vectors.js';
import type { ModelState, Vocabulary } from '../../../models/model-state.js';
import { loadTokenizer } from '../../../models/tokenizer/tokenizer.js';
import { writeTokenizerJson } from '../../../models/tokenizer/tokenizer-json.js';
import { trainUnigram } from '../../../models/tokenizer/train-unigram.js';
import { writeModel } from '../../../models/write-model.js';
import type { Config } from '../../../src/config/schema.js';
import { seededRandom } from '../../../src/math/random.js';
import { trainedState } from '../small-towers.js';

export const documents = [
  {
    id: '1',
    title: 'red cat',
    description: 'a small red cat of the finest wool',
    country: 'DE',
    images: ['a', 'b'],
    price: 3,
  },
  { id: '2', title: 'a very long title about a dog that would not stop barking at cats', images: ['gone'] },
  { id: '3', title: 'dog', description: 'barks', country: 'US', images: ['c'], price: 8, colour: ['Brown', 'black'] },
  { id: '4', title: 'blue whale', description: '', images: ['a', 'gone', 'd', 'e', 'f'], price: 1e6, colour: 'blue' },
  { id: '5', title: 'x', description: 'the longest of all descriptions, which is cut where it has too many tokens' },
];
export const queries = [
  { text: 'red cat', country: 'DE' },
  { text: 'dog' },
  { text: 'a whale that is blue and very large', country: 'FR' },
  { text: '!' },
];

/** Image vectors drawn by their reference; `gone` cannot be read. */
export const imageVectors: ImageVectors = {
  width: 5,
  of: references =>
    references
      .filter(reference => reference !== 'gone')
      .map(reference => {
        const random = seededRandom(reference.charCodeAt(0));
        return Float32Array.from({ length: 5 }, () => random.normal());
      }),
};

/** The same as a source, which notes what it is asked for. */
export function imageSource(asked: (readonly string[])[] = []): ImageSource {
  return {
    width: 5,
    async vectorsOf(references) {
      asked.push(references);
      return imageVectors;
    },
  };
}

/** A tokenizer.json of a few dozen pieces, trained on the texts above. */
export async function smallTokenizer(): Promise<{ json: string; vocabulary: Vocabulary }> {
  const texts = documents.flatMap(({ title, description = '' }) => [title, description]);
  const json = writeTokenizerJson(trainUnigram(texts, 64));
  const tokens = (await loadTokenizer(json)).vocabularySize;
  const vocabulary: Vocabulary = {
    countries: ['DE', 'FR'],
    tokens,
    maxQueryTokens: 6,
    maxDocumentTokens: 9,
    imageWidth: 5,
    attributes: { price: { kind: 'numbers', edges: [[2, 8], [5]] }, colour: { kind: 'categories' } },
  };
  return { json, vocabulary };
}

export interface Artefact {
  readonly folder: string;
  readonly state: ModelState;
  readonly json: string;
  readonly vocabulary: Vocabulary;
}

/** Writes a model of a configuration into a folder of its own; `change` alters what is written. */
export async function withArtefact(
  config: Config,
  use: (artefact: Artefact) => Promise<void>,
  change: (state: ModelState) => void = () => {},
): Promise<void> {
  const parent = await mkdtemp(join(tmpdir(), 'tandem-model-'));
  try {
    const { json, vocabulary } = await smallTokenizer();
    const state = trainedState(config, vocabulary);
    change(state);
    const folder = join(parent, 'model');
    await writeModel(folder, {
      state,
      config,
      vocabulary,
      tokenizer: json,
      metrics: { auc: 0.5 },
      learntFrom: 'pairs',
      tandem: '0.0.0',
    });
    await use({ folder, state, json, vocabulary });
  } finally {
    await rm(parent, { recursive: true });
  }
}
