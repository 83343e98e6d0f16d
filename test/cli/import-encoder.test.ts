import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadModel } from '../../models/runtime/load-model.js';
import { sizes, writeHuggingFaceFolder } from '../models/pretrained/hugging-face-folder.js';
import { runTandem } from './run-tandem.js';

let folder: string;
const at = (name: string): string => join(folder, name);

const tandem = (...words: string[]) => runTandem(words);

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tandem-import-'));
  await writeHuggingFaceFolder(at('source'));
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
    const model = await loadModel(at('model'), { threads: 1 });
    const [title] = [await model.embedDocuments([{ id: '1', title: 'red garden hose' }])];
    const { embedding } = await model.embedQuery({ text: 'garden hose' });
    await model.close();
    // one encoder for both: the prefixed query is the title
    embedding.forEach((value, i) => {
      expect(value).toBeCloseTo(title[i], 6);
    });
  });

  it.each([
    ['a folder that is none', 'nowhere', [], 1, 'data/not-found'],
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
