import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import tokenizers from 'tokenizers';
import { beforeAll, describe, expect, it } from 'vitest';
import { loadTokenizer, type TextTokenizer } from '../../../models/tokenizer/tokenizer.js';
import { writeTokenizerJson } from '../../../models/tokenizer/tokenizer-json.js';
import { trainUnigram } from '../../../models/tokenizer/train-unigram.js';
import { bertTokenizer } from './bert-tokenizer.js';
import { corpus, oddTexts, sentences } from './texts.js';

const taxonomyFolder = fileURLToPath(new URL('../../../../shared/data/google-taxonomy-15lang', import.meta.url));
const everything = 1_000_000;

/** ids of the reference library, with its special tokens */
async function referenceIds(json: string, texts: readonly string[]): Promise<number[][]> {
  const reference = tokenizers.Tokenizer.fromString(json);
  const ids: number[][] = [];
  for (const text of texts) ids.push((await reference.encode(text.toWellFormed())).getIds());
  return ids;
}

describe('a vocabulary trained here', () => {
  let json: string;
  let tokenizer: TextTokenizer;
  let pieces: string[];
  beforeAll(async () => {
    json = writeTokenizerJson(trainUnigram(corpus(), 600));
    tokenizer = await loadTokenizer(json);
    pieces = (JSON.parse(json) as { model: { vocab: [string, number][] } }).model.vocab.map(([piece]) => piece);
  });

  it('has its size, its special ids and the hash of its file', async () => {
    expect(tokenizer.vocabularySize).toBe(600);
    expect(pieces.slice(0, 5)).toEqual(['<pad>', '<unk>', '<s>', '</s>', '<mask>']);
    expect([tokenizer.padId, tokenizer.maskId]).toEqual([0, 4]);
    expect(tokenizer.id).toBe(createHash('sha256').update(json).digest('hex'));
    expect((await loadTokenizer(new TextEncoder().encode(json))).id).toBe(tokenizer.id);
  });

  it('gives the ids of the Hugging Face library in eighteen languages and on odd texts', async () => {
    const texts = [...sentences, ...sentences.map(text => text.toUpperCase()), ...oddTexts];
    const reference = await referenceIds(json, texts);
    texts.forEach((text, i) => {
      expect([...tokenizer.encode(text, everything)], JSON.stringify(text.slice(0, 60))).toEqual(reference[i]);
    });
  });

  it('gives them for random mixtures of all those characters too', async () => {
    const characters = [...new Set([...sentences, ...oddTexts].join(''))].filter(character => character.isWellFormed());
    const text = fc.array(fc.constantFrom(...characters), { maxLength: 40 }).map(parts => parts.join(''));
    await fc.assert(
      fc.asyncProperty(text, async sample => {
        const [reference] = await referenceIds(json, [sample]);
        expect([...tokenizer.encode(sample, everything)]).toEqual(reference);
      }),
      { numRuns: 60 },
    );
  });

  it('gives them when equal cuts tie', async () => {
    const tied = writeTokenizerJson([
      { text: '▁', score: -1 },
      { text: '0', score: -2 },
      { text: '00', score: -1 },
    ]);
    const [reference] = await referenceIds(tied, ['000']);
    expect([...(await loadTokenizer(tied)).encode('000', 9)]).toEqual(reference);
  });

  it('spells every word back from its ids', () => {
    for (const text of corpus().slice(0, 40)) {
      const ids = [...tokenizer.encode(text, everything)].slice(1);
      if (ids.includes(1)) continue;
      const spelled = ids
        .map(id => pieces[id])
        .join('')
        .replaceAll('▁', ' ')
        .trim();
      const normalised = text.normalize('NFKC').toLowerCase().replaceAll('ς', 'σ').split(/\s+/).join(' ').trim();
      expect(spelled).toBe(normalised);
    }
  });

  it('reaches every piece by its own id or a better cut of the same characters', async () => {
    // with the other pieces out of the way, the text of a piece is that piece
    const singles = pieces.slice(5).filter(piece => [...piece].length === 1);
    for (const piece of pieces.slice(5).filter(text => text.startsWith('▁') && text.length > 1)) {
      const alone = [...new Set([...singles, piece])].map(text => ({ text, score: text === piece ? -1 : -10 }));
      const own = await loadTokenizer(writeTokenizerJson(alone));
      expect([...own.encode(piece.slice(1), 20)], piece).toEqual([
        2,
        5 + alone.findIndex(({ text }) => text === piece),
      ]);
    }
  });

  it('cuts to maxTokens, the opening token included', () => {
    const whole = [...tokenizer.encode(sentences[0], everything)];
    expect(whole.length).toBeGreaterThan(20);
    for (const most of [1, 2, 7, whole.length, whole.length + 1]) {
      expect([...tokenizer.encode(sentences[0], most)]).toEqual(whole.slice(0, most));
    }
    expect([...tokenizer.encode('', 5)]).toEqual([2]);
  });

  it('gives a huge text in parts the ids of the whole', async () => {
    const huge = `${sentences.join('  ').repeat(12)}${' '.repeat(9000)}end`;
    expect(huge.length).toBeGreaterThan(20_000);
    const [reference] = await referenceIds(json, [huge]);
    expect([...tokenizer.encode(huge, everything)]).toEqual(reference);
    expect([...tokenizer.encode(huge, 3000)]).toEqual(reference.slice(0, 3000));
  });

  it('reads a special token in a text as plain characters', () => {
    const ids = [...tokenizer.encode('<mask> <s> <pad>', everything)].slice(1);
    expect(ids.filter(id => [0, 2, 3, 4].includes(id))).toEqual([]);
  });

  it('remembers words without changing them', () => {
    const first = sentences.map(text => [...tokenizer.encode(text, everything)]);
    expect(sentences.map(text => [...tokenizer.encode(text, everything)])).toEqual(first);
  });

  it.each([0, -1, 1.5, Number.NaN])('refuses maxTokens %d', most => {
    expect(() => tokenizer.encode('a', most)).toThrow(expect.objectContaining({ code: 'config/bad-value' }));
  });

  it('gives the ids of the Hugging Face library on real text in fifteen locales', async context => {
    if (!existsSync(taxonomyFolder)) {
      console.log(`skipped: ${taxonomyFolder} is absent`);
      return context.skip();
    }
    const files = readdirSync(taxonomyFolder).filter(name => name.startsWith('taxonomy-with-ids'));
    expect(files).toHaveLength(15);
    const lines = files.flatMap(name => readFileSync(join(taxonomyFolder, name), 'utf8').split('\n'));
    const texts = lines.filter((_, i) => i % 40 === 0);
    const own = writeTokenizerJson(trainUnigram(texts, 4000));
    const loaded = await loadTokenizer(own);
    expect(loaded.vocabularySize).toBe(4000);
    expect(texts.map(text => [...loaded.encode(text, everything)])).toEqual(await referenceIds(own, texts));
  });
});

/** A BERT tokenizer.json of a few pieces, as bert-base-uncased's is made. */
const bert = (changes: object = {}): string =>
  JSON.stringify({ ...bertTokenizer(['garden', 'hose', '##s', 'a', '-', '自', '由']), ...changes });

describe('the vocabulary of an imported encoder', () => {
  it('gives the ids of the Hugging Face library, with both special tokens', async () => {
    const texts = ['Garden hoses', 'a garden-hose 自由 snow', '', 'Gárden  hose'];
    const tokenizer = await loadTokenizer(bert());
    expect([tokenizer.vocabularySize, tokenizer.padId, tokenizer.maskId]).toEqual([12, 0, 4]);
    expect(texts.map(text => [...tokenizer.encode(text, 64)])).toEqual(await referenceIds(bert(), texts));
    expect([...tokenizer.encode('Garden hoses', 64)]).toEqual([2, 5, 6, 7, 3]);
  });

  it('gives a huge text with much whitespace the ids of the whole', async () => {
    const trained = JSON.parse(writeTokenizerJson(trainUnigram(corpus(), 500))) as { normalizer: unknown };
    trained.normalizer = { type: 'NFKC' };
    const other = JSON.stringify(trained);
    const huge = `${'garden hose '.repeat(500)}${' '.repeat(9000)}end`;
    const [reference] = await referenceIds(other, [huge]);
    expect([...(await loadTokenizer(other)).encode(huge, everything)]).toEqual(reference);
  });

  it('cuts the text and keeps the special tokens', async () => {
    const tokenizer = await loadTokenizer(bert());
    expect([...tokenizer.encode('Garden hoses', 4)]).toEqual([2, 5, 6, 3]);
    expect([...tokenizer.encode('Garden hoses', 2)]).toEqual([2, 3]);
    expect(() => tokenizer.encode('a', 1)).toThrow(expect.objectContaining({ code: 'config/bad-value' }));
  });
});

describe('a file that cannot be used', () => {
  const whole = bert();
  it.each([
    ['cut short', whole.slice(0, 200), 'model/damaged'],
    ['empty', '', 'model/damaged'],
    ['another JSON', '[]', 'model/damaged'],
    ['without a model', JSON.stringify({ ...JSON.parse(whole), model: undefined }), 'model/damaged'],
    ['an unknown post-processor', bert({ post_processor: { type: 'ByteLevel' } }), 'model/unsupported-tokenizer'],
    ['an unknown model', bert({ model: { type: 'Telepathy', vocab: {} } }), 'model/unsupported-tokenizer'],
    ['no padding token', bert({ added_tokens: [] }), 'model/unsupported-tokenizer'],
  ])('%s is a documented error', async (_, json, code) => {
    await expect(loadTokenizer(json)).rejects.toMatchObject({ code });
  });

  it('names pieces without scores', async () => {
    const trained = JSON.parse(writeTokenizerJson([{ text: 'a', score: -1 }])) as { model: { vocab: unknown } };
    trained.model.vocab = ['a'];
    await expect(loadTokenizer(JSON.stringify(trained))).rejects.toMatchObject({ code: 'model/damaged' });
  });
});
