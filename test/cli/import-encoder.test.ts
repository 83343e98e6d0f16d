import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadModel } from '../../models/runtime/load-model.js';
import { drawWeights, sizes, writeHuggingFaceFolder } from '../models/pretrained/hugging-face-folder.js';
import { runTandem } from './run-tandem.js';

let folder: string;
const at = (name: string): string => join(folder, name);

const tandem = (...words: string[]) => runTandem(words);

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tandem-import-'));
  await writeHuggingFaceFolder(at('source'));
  const changed = (names: RegExp, to: number) =>
    Object.fromEntries(
      Object.entries(drawWeights(1)).map(([name, { shape, values }]) => [
        name,
        { shape, values: names.test(name) ? values.map(() => to) : values },
      ]),
    );
  await writeHuggingFaceFolder(at('nan'), { tensors: changed(/layer.0.*query.bias/, Number.NaN) });
  await writeHuggingFaceFolder(at('same'), { tensors: changed(/LayerNorm.weight/, 0) });
});
afterAll(() => rm(folder, { recursive: true }));

describe('tandem import-encoder', () => {
  it('writes an encoder folder and says what it holds', async () => {
    const { exit, out } = await tandem(
      'import-encoder',
      at('source'),
      '--out',
      at('encoder'),
      '--layers',
      '2',
      '--json',
    );
    expect(exit).toBe(0);
    expect(JSON.parse(out)).toMatchObject({ encoder: at('encoder'), layers: 2, width: sizes.width, pooling: 'mean' });
    expect((await readdir(at('encoder'))).sort()).toEqual(['encoder.json', 'encoder.safetensors', 'tokenizer.json']);
  });

  it('writes a model that embeds without training', async () => {
    const words = ['--as-model', '--set', 'textEncoder.maxDocumentTokens=30', '--query-prefix', 'red '];
    const { exit, out } = await tandem('import-encoder', at('source'), '--out', at('model'), ...words);
    expect(exit).toBe(0);
    expect(out).toContain('model of 3 layers, 8 wide');
    expect(out).toContain('pooling mean (default, the folder does not say), 40 tokens a text (all positions)');
    expect(out).toContain('prefix of queries "red " (--query-prefix), of documents none');
    expect(out).toContain('documents are read as "{title} {description}", to 30 tokens');
    expect(out).toMatch(/^checked: \d+ texts alone and beside longer ones/m);
    const model = await loadModel(at('model'), { threads: 1 });
    const [title] = [await model.embedDocuments([{ id: '1', title: 'red garden hose' }])];
    const { embedding } = await model.embedQuery({ text: 'garden hose' });
    await model.close();
    // one encoder for both: the prefixed query is the title
    embedding.forEach((value, i) => {
      expect(value).toBeCloseTo(title[i], 6);
    });
  });

  it('makes a model that reads descriptions, and says what it left out of long ones', async () => {
    const model = at('frozen');
    expect((await tandem('import-encoder', at('source'), '--out', model, '--as-model')).exit).toBe(0);
    const rows = [
      { id: '1', title: 'garden hose', description: 'of brass' },
      { id: '2', title: '', description: 'garden hose of brass' },
      // 36 tokens more than the 40 positions hold
      { id: '3', title: 'garden', description: 'hose '.repeat(73) },
      { id: '4', title: '' },
    ];
    await writeFile(at('documents.jsonl'), rows.map(row => JSON.stringify(row)).join('\n'));
    const embed = ['embed', 'documents', '--model', model, '--in', at('documents.jsonl'), '--out', at('vectors.jsonl')];
    // [CLS] and [SEP] around 4, 4 and 74 words: 6 + 6 + 76 tokens, of the last of which 40 are read
    expect((await tandem(...embed)).out).toMatch(
      /1 of 3 texts are longer than the model reads, which leaves out 40.9 % of all tokens/,
    );
    const vectors = (await readFile(at('vectors.jsonl'), 'utf8'))
      .trim()
      .split('\n')
      .map(row => (JSON.parse(row) as { embedding: number[] | null }).embedding);
    vectors[0]?.forEach((value, i) => {
      expect(vectors[1]?.[i]).toBeCloseTo(value, 6);
    });
    const lengths = vectors.map(vector => vector && Math.round(Math.hypot(...vector) * 1e4) / 1e4);
    expect(lengths).toEqual([1, 1, 1, null]);

    const index = ['index', '--model', model, '--documents', at('documents.jsonl'), '--out', at('index'), '--json'];
    const indexed = await tandem(...index, '--set', 'indexing.fusionWeight=0.5');
    expect(JSON.parse(indexed.out).cutTexts).toEqual({ texts: 3, longer: 1, cutShare: 36 / 88 });
  });

  it.each([
    ['a folder that is none', 'nowhere', [], 1, 'data/not-found'],
    ['weights that are no numbers', 'nan', ['--as-model'], 1, 'model/damaged'],
    ['an encoder that says the same of every text', 'same', [], 1, 'model/failed-check'],
    ['more layers than there are', 'source', ['--layers', '7'], 2, 'usage/bad-value'],
    [
      'longer texts than the encoder reads',
      'source',
      ['--as-model', '--set', 'textEncoder.maxDocumentTokens=64'],
      2,
      'config/bad-value',
    ],
  ])('refuses %s and writes nothing', async (_, source, words, exit, code) => {
    const result = await tandem('import-encoder', at(source), '--out', at('refused'), ...words);
    expect(result.exit).toBe(exit);
    expect(result.error).toContain(code);
    expect(await readdir(folder)).not.toContain('refused');
  });
});
