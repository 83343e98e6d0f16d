import { copyFile } from 'node:fs/promises';
import { join } from 'node:path';
import { TandemError } from '../../src/errors/tandem-error.js';
import { writeFolderAtomically, writeWhole } from '../../src/files/atomic.js';
import { describeFiles } from '../file-hashes.js';
import { artefactFiles, type ModelManifest } from '../manifest.js';
import { quantizeModel } from '../recorder/onnx-proto.js';
import { readArtefact } from '../runtime/artefact.js';

export interface QuantizedModel {
  /** of both towers, that are in 8 bits now */
  readonly matrices: number;
  /** of the graphs of both towers */
  readonly bytesBefore: number;
  readonly bytes: number;
}

const graphs = [artefactFiles.query, artefactFiles.document];

/**
 * Writes a model with its matrices in 8 bits, a folder of its own: another model, whose embeddings are not those of the first. Where a processor has VNNI it embeds
 * with a third of the work.
 * @throws TandemError 'model/quantized' where it is in 8 bits, or has no matrices | 'data/not-found' | 'model/damaged' | 'files/*'
 */
export async function quantizeArtefact(folder: string, out: string): Promise<QuantizedModel> {
  const { manifest, file } = await readArtefact(folder);
  if (manifest.precision !== undefined) throw new TandemError('model/quantized', `${folder}: is in 8 bits already`);
  const made = graphs.map(name => ({ name, before: file(name).length, ...quantizeModel(file(name)) }));
  const matrices = made.reduce((sum, graph) => sum + graph.matrices, 0);
  if (matrices === 0)
    throw new TandemError('model/quantized', `${folder}: has no matrices that are worth it; it reads no text`);
  await writeFolderAtomically(out, async temporary => {
    for (const name of Object.keys(manifest.files))
      if (!graphs.some(graph => graph === name)) await copyFile(join(folder, name), join(temporary, name));
    for (const { name, model } of made) await writeWhole(join(temporary, name), model);
    const quantized: ModelManifest = {
      ...manifest,
      created: new Date().toISOString(),
      precision: 'int8',
      files: await describeFiles(temporary),
    };
    await writeWhole(join(temporary, artefactFiles.manifest), `${JSON.stringify(quantized, null, 2)}\n`);
  });
  return {
    matrices,
    bytesBefore: made.reduce((sum, { before }) => sum + before, 0),
    bytes: made.reduce((sum, { model }) => sum + model.length, 0),
  };
}
