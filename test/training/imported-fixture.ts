import { join } from 'node:path';
import { writeEncoder } from '../../models/pretrained/encoder-folder.js';
import { readHuggingFaceFolder } from '../../models/pretrained/hugging-face-folder.js';
import { presets } from '../../src/config/presets.js';
import type { Config } from '../../src/config/schema.js';
import { writeHuggingFaceFolder } from '../models/pretrained/hugging-face-folder.js';
import { smallConfig, stage } from './fixture.js';

/** Writes an encoder of random weights. @returns its folder */
export async function makeEncoder(folder: string, seed: number): Promise<string> {
  const source = join(folder, `source${seed}`);
  await writeHuggingFaceFolder(source, { seed, family: 'xlm-roberta' });
  const path = join(folder, `encoder${seed}`);
  await writeEncoder(path, await readHuggingFaceFolder(source), '0');
  return path;
}

/** A short run that begins with an imported encoder. */
export const importedConfig = (preset: 'imported' | 'importedBag', encoder: string, training: object = {}): Config =>
  smallConfig({
    towers: presets[preset].towers,
    textEncoder: { ...presets[preset].textEncoder, import: encoder },
    training: { checkpointSeconds: 1e-6, stages: [stage(0.5, 1), stage(0.5, 0.5)], ...training },
  });
