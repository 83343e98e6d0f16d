import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readEncoder, writeEncoder } from '../../../models/pretrained/encoder-folder.js';
import { readHuggingFaceFolder } from '../../../models/pretrained/hugging-face-folder.js';
import { temporaryFolder } from '../../data/temporary-folder.js';
import { writeHuggingFaceFolder } from './hugging-face-folder.js';

async function writeOne() {
  const folder = await temporaryFolder();
  await writeHuggingFaceFolder(join(folder, 'source'));
  const encoder = await readHuggingFaceFolder(join(folder, 'source'), { layers: 2, queryPrefix: 'query: ' });
  const path = join(folder, 'encoder');
  await writeEncoder(path, encoder, '1.2.3');
  return { path, encoder };
}

describe('an encoder folder', () => {
  it('gives back what was written', async () => {
    const { path, encoder } = await writeOne();
    const { id, ...read } = await readEncoder(path);
    const { taken: _, ...kept } = encoder;
    expect(read).toEqual(kept);
    expect(id).toMatch(/^[0-9a-f]{64}$/);
    expect((await readEncoder(path)).id).toBe(id);
    const manifest = JSON.parse(await readFile(join(path, 'encoder.json'), 'utf8'));
    expect(manifest).toMatchObject({ format: 'tandem-encoder', version: 1, tandem: '1.2.3', shape: encoder.shape });
    expect(Object.keys(manifest.files)).toEqual(['encoder.safetensors', 'tokenizer.json']);
  });

  it('has another id where a weight differs', async () => {
    const { path, encoder } = await writeOne();
    const { id } = await readEncoder(path);
    encoder.weights['layer0.key.bias'].values[0] += 1;
    await writeEncoder(path, encoder, '1.2.3');
    expect((await readEncoder(path)).id).not.toBe(id);
  });

  it.each(['encoder.safetensors', 'tokenizer.json'])('that lacks or alters %s is named', async name => {
    const { path } = await writeOne();
    const bytes = await readFile(join(path, name));
    bytes[bytes.length - 3] ^= 1;
    await writeFile(join(path, name), bytes);
    await expect(readEncoder(path)).rejects.toMatchObject({
      code: 'model/damaged',
      details: { path: join(path, name) },
    });
    await rm(join(path, name));
    await expect(readEncoder(path)).rejects.toMatchObject({
      code: 'model/damaged',
      details: { path: join(path, name) },
    });
  });

  it.each([
    ['{', 'model/damaged'],
    ['null', 'model/damaged'],
    ['{"format": "tandem-model"}', 'model/damaged'],
    ['{"format": "tandem-encoder", "version": 1}', 'model/damaged'],
    ['{"format": "tandem-encoder", "version": 2}', 'model/unsupported-version'],
  ])('whose manifest is %s is a documented error', async (content, code) => {
    const { path } = await writeOne();
    await writeFile(join(path, 'encoder.json'), content);
    await expect(readEncoder(path)).rejects.toMatchObject({ code });
  });

  it('that is none says how to make one', async () => {
    await expect(readEncoder(await temporaryFolder())).rejects.toThrow(
      expect.objectContaining({ code: 'data/not-found', message: expect.stringContaining('tandem import-encoder') }),
    );
  });
});
