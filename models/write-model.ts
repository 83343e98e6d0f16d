import { join } from 'node:path';
import type { Config } from '../src/config/schema.js';
import { writeFileAtomically, writeFolderAtomically, writeWhole } from '../src/files/atomic.js';
import { exportTower } from './export-tower.js';
import { describeFiles } from './file-hashes.js';
import { type ImageEncoder, writeImageEncoderFiles } from './images/image-encoder.js';
import { artefactFiles, type Lesson, type ModelManifest, modelManifestSchema } from './manifest.js';
import type { ModelState, Vocabulary } from './model-state.js';
import { writeSafetensors } from './safetensors.js';
import { packTables } from './table-file.js';
import { type ValidationQueries, writeValidationRows } from './validation-queries.js';

export interface ModelToWrite {
  readonly state: ModelState;
  readonly config: Config;
  readonly vocabulary: Vocabulary;
  /** tokenizer.json, where a tower reads text */
  readonly tokenizer?: string;
  /** what the vectors of its images were made with, so that the model can make those of other documents */
  readonly imageEncoder?: ImageEncoder;
  readonly metrics: Readonly<Record<string, number>>;
  /** what is wrong with the model, for people */
  readonly warnings?: readonly string[];
  readonly learntFrom: Lesson;
  /** kept for what is tuned later, such as the fusion of an index */
  readonly validation?: ValidationQueries;
  readonly tandem: string;
}

/**
 * Writes a model artefact, a folder, whole or not at all: the two towers as ONNX, the tables as safetensors, the tokenizer, model.json.
 * @throws TandemError 'files/disk-full' | 'files/write-failed'
 */
export async function writeModel(path: string, model: ModelToWrite): Promise<void> {
  const { state, tokenizer } = model;
  await writeFolderAtomically(path, async folder => {
    await writeWhole(join(folder, artefactFiles.query), exportTower(state.towers.query, state));
    await writeWhole(join(folder, artefactFiles.document), exportTower(state.towers.document, state));
    await writeFileAtomically(join(folder, artefactFiles.tables), handle =>
      writeSafetensors(handle, packTables(state.tables)),
    );
    if (tokenizer !== undefined) await writeWhole(join(folder, artefactFiles.tokenizer), tokenizer);
    if (model.imageEncoder !== undefined) await writeImageEncoderFiles(folder, model.imageEncoder);
    if (model.validation !== undefined)
      await writeWhole(join(folder, artefactFiles.validation), writeValidationRows(model.validation));
    const manifest: ModelManifest = {
      format: 'tandem-model',
      version: 2,
      tandem: model.tandem,
      created: new Date().toISOString(),
      learntFrom: model.learntFrom,
      config: model.config,
      vocabulary: modelManifestSchema.shape.vocabulary.parse(model.vocabulary),
      files: await describeFiles(folder),
      metrics: { ...model.metrics },
      ...(model.warnings?.length && { warnings: [...model.warnings] }),
    };
    await writeWhole(join(folder, artefactFiles.manifest), `${JSON.stringify(manifest, null, 2)}\n`);
  });
}
