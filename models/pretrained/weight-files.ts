import { basename, join } from 'node:path';
import { z } from 'zod';
import { TandemError } from '../../src/errors/tandem-error.js';
import { isThere } from '../../src/files/is-there.js';
import { readJson } from './read-json.js';
import { openTensorFile, type TensorFile } from './tensor-file.js';

const indexSchema = z.object({ weight_map: z.record(z.string(), z.string()) });

const names = {
  whole: 'model.safetensors',
  index: 'model.safetensors.index.json',
  pickled: 'pytorch_model.bin',
} as const;

/**
 * Opens the weights of a Hugging Face folder: model.safetensors, or the parts that model.safetensors.index.json names.
 * @throws TandemError 'data/not-found' | 'model/damaged' | 'model/unsupported-encoder'
 */
export async function openWeights(folder: string): Promise<TensorFile> {
  const path = (name: string): string => join(folder, name);
  if (await isThere(path(names.whole))) return openTensorFile(path(names.whole));
  const index = await readJson(path(names.index), indexSchema);
  if (index !== undefined) return openParts(folder, index.weight_map);
  if (await isThere(path(names.pickled))) {
    const message = `${path(names.pickled)}: pickled weights are not read; write ${names.whole} with save_pretrained of transformers`;
    throw new TandemError('model/unsupported-encoder', message, { path: path(names.pickled) });
  }
  return openTensorFile(path(names.whole));
}

/** Several files as one. @param places  the file of each tensor */
async function openParts(folder: string, places: Readonly<Record<string, string>>): Promise<TensorFile> {
  const files = new Map<string, TensorFile>();
  const close = async (): Promise<void> => {
    for (const file of files.values()) await file.close();
  };
  try {
    for (const name of new Set(Object.values(places)))
      files.set(name, await openTensorFile(join(folder, basename(name))));
  } catch (error) {
    await close();
    throw error;
  }
  const fileOf = new Map(Object.entries(places).map(([tensor, name]) => [tensor, files.get(name)]));
  return {
    names: [...fileOf.keys()],
    shapeOf: tensor => fileOf.get(tensor)?.shapeOf(tensor),
    async read(tensor, rows) {
      const file = fileOf.get(tensor);
      if (file === undefined)
        throw new TandemError('model/damaged', `${join(folder, names.index)}: there is no ${tensor}`);
      return file.read(tensor, rows);
    },
    close,
  };
}
