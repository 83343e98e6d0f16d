import { createHash } from 'node:crypto';
import type { PretrainedEncoder } from '../../models/pretrained-encoder.js';
import { loadTokenizer, type TextTokenizer } from '../../models/tokenizer/tokenizer.js';
import { writeTokenizerJson } from '../../models/tokenizer/tokenizer-json.js';
import { trainUnigram } from '../../models/tokenizer/train-unigram.js';
import type { TranslationRow } from '../../src/config/rows.js';
import type { Config } from '../../src/config/schema.js';
import { TandemError } from '../../src/errors/tandem-error.js';
import { seededRandom, shuffle } from '../../src/math/random.js';
import { type Sequence, windowsOf } from './token-windows.js';
import { translationSequence } from './translation-lm.js';

/** Sequences that are learnt from, or measured on. */
export interface SequenceSet {
  /** windows of texts in one language, sides of translations among them */
  readonly texts: readonly Sequence[];
  readonly translations: readonly Sequence[];
}

/** Unlabelled text as pretraining sees it. */
export interface PretrainingCorpus {
  /** tokenizer.json */
  readonly tokenizerJson: string;
  readonly tokenizer: TextTokenizer;
  readonly training: SequenceSet;
  readonly validation: SequenceSet;
  /** by id: how often it stands in the training texts */
  readonly counts: Float64Array;
  /** distinct texts, and those of them that are held out */
  readonly texts: number;
  readonly heldOut: number;
  /** sha256 over texts and translations */
  readonly id: string;
}

/** Most texts, and most translations, that are drawn to measure on. */
const mostHeldOut = 2000;

/** Fewest sequences that anything can be learnt from: a batch is filled from them. */
const leastSequences = 2;

/**
 * Tokenises texts and cuts them into windows. A text counts once, however often it was given, and is held out whole or not at all; the
 * vocabulary, where one is trained, is trained on all texts.
 * @param encoder  an imported one brings its vocabulary along
 * @throws TandemError 'training/no-texts' | 'config/bad-value' where the vocabulary is too small for the characters
 */
export async function createPretrainingCorpus(
  config: Config,
  maxTokens: number,
  given: readonly string[],
  translations: readonly TranslationRow[],
  encoder?: PretrainedEncoder,
): Promise<PretrainingCorpus> {
  const sides = translations.flatMap(({ source, target }) => [source, target]);
  const texts = [...new Set([...given, ...sides])];
  if (texts.length === 0) throw new TandemError('training/no-texts', 'there is no text to learn from');
  const tokenizerJson =
    encoder?.tokenizer ?? writeTokenizerJson(trainUnigram(texts, config.textEncoder.vocabularySize));
  const tokenizer = await loadTokenizer(tokenizerJson);
  const { seed, pretraining } = config;
  const held = heldOut(texts, translations, pretraining.validationShare, seed);
  const setOf = (wanted: boolean): SequenceSet => ({
    texts: texts.flatMap(text => (held.has(text) === wanted ? windowsOf(tokenizer, text, maxTokens) : [])),
    translations: translations.flatMap(({ source, target }) =>
      held.has(source) === wanted && held.has(target) === wanted
        ? (translationSequence(tokenizer, source, target, maxTokens) ?? [])
        : [],
    ),
  });
  const training = setOf(false);
  if (training.texts.length < leastSequences) {
    const message = `${training.texts.length} texts of two tokens or more are left to learn from`;
    throw new TandemError('training/no-texts', message, { texts: texts.length });
  }
  const validation = setOf(true);
  return {
    tokenizerJson,
    tokenizer,
    training,
    validation: { ...validation, translations: validation.translations.slice(0, mostHeldOut) },
    counts: countTokens(training, tokenizer),
    texts: texts.length,
    heldOut: held.size,
    id: idOf(texts, translations),
  };
}

/** Texts drawn to be measured on, and what they are translations of: a held-out translation is read on neither side. */
function heldOut(
  texts: readonly string[],
  translations: readonly TranslationRow[],
  share: number,
  seed: number,
): Set<string> {
  const order = shuffle(Int32Array.from(texts.keys()), seededRandom(seed));
  const drawn = new Set<string>();
  for (const text of order.subarray(0, Math.min(mostHeldOut, Math.floor(share * texts.length)))) drawn.add(texts[text]);
  const held = new Set(drawn);
  for (const { source, target } of translations) {
    if (drawn.has(source) || drawn.has(target)) held.add(source).add(target);
  }
  return held;
}

/** Special tokens count nothing: they are never told. */
function countTokens({ texts }: SequenceSet, { vocabularySize, specialIds }: TextTokenizer): Float64Array {
  const counts = new Float64Array(vocabularySize);
  for (const { ids } of texts) for (const id of ids) counts[id]++;
  for (const id of specialIds) counts[id] = 0;
  return counts;
}

function idOf(texts: readonly string[], translations: readonly TranslationRow[]): string {
  const hash = createHash('sha256');
  for (const text of texts) hash.update(JSON.stringify(text));
  for (const { source, target } of translations) hash.update(JSON.stringify([source, target]));
  return hash.digest('hex');
}
