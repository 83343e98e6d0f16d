import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { damagedFile, readFormatManifest } from '../../src/files/format-manifest.js';
import { artefactFiles, type ModelManifest, modelManifestSchema } from '../manifest.js';
import { readSafetensors } from '../safetensors.js';
import { unpackTables } from '../table-file.js';

/** A model artefact as it lies on disk, every file checked against model.json. */
export interface Artefact {
  readonly manifest: ModelManifest;
  /** sha256 over its content, hexadecimal */
  readonly modelId: string;
  /** The bytes of a file. @throws TandemError 'model/damaged' when it has none of that name */
  file(name: string): Buffer;
}

/** @throws TandemError 'data/not-found' | 'model/damaged' (names the file) | 'model/unsupported-version' */
export async function readArtefact(folder: string): Promise<Artefact> {
  const { manifest, modelId } = await readModelManifest(folder);
  const files = new Map<string, Buffer>();
  for (const name of Object.keys(manifest.files)) files.set(name, await readChecked(folder, name, manifest));
  return {
    manifest,
    modelId,
    file(name) {
      const bytes = files.get(name);
      if (bytes === undefined) throw damagedFile(join(folder, name), 'is missing');
      return bytes;
    },
  };
}

/** The tables of a model, whole. */
export function tablesOf(folder: string, file: Artefact['file']): ReturnType<typeof unpackTables> {
  const path = join(folder, artefactFiles.tables);
  return unpackTables(readSafetensors(file(artefactFiles.tables), path).arrays, path);
}

/** The identity is that of model.json as it was written: settings that a later version adds do not change it. */
export async function readModelManifest(folder: string): Promise<{ manifest: ModelManifest; modelId: string }> {
  const { manifest, content } = await readFormatManifest(folder, artefactFiles.manifest, {
    format: 'tandem-model',
    version: 2,
    schema: modelManifestSchema,
    of: 'a model',
    missing: (folder, why) => `${folder}: is not a model artefact (${why})`,
  });
  const identity = JSON.stringify([content.config, content.vocabulary, content.files]);
  return { manifest, modelId: createHash('sha256').update(identity).digest('hex') };
}

async function readChecked(folder: string, name: string, { files }: ModelManifest): Promise<Buffer> {
  const path = join(folder, name);
  const bytes = await readFile(path).catch((error: NodeJS.ErrnoException) => {
    throw damagedFile(path, `cannot be read (${error.code})`);
  });
  if (bytes.length !== files[name].bytes)
    throw damagedFile(path, `has ${bytes.length} bytes instead of ${files[name].bytes}`);
  if (createHash('sha256').update(bytes).digest('hex') !== files[name].sha256) throw damagedFile(path, 'was altered');
  return bytes;
}
