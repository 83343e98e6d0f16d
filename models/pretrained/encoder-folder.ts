import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { writeFileAtomically, writeFolderAtomically, writeWhole } from '../../src/files/atomic.js';
import { damagedFile, readFormatManifest } from '../../src/files/format-manifest.js';
import type { DenseParameter } from '../dense-parameter.js';
import type { EmbeddingTable } from '../embedding-table.js';
import { describeFiles, sha256OfFile } from '../file-hashes.js';
import { encoderShapeSchema, type PretrainedEncoder, type StoredEncoder } from '../pretrained-encoder.js';
import { writeSafetensors } from '../safetensors.js';
import { openTensorFile } from './tensor-file.js';

const files = { manifest: 'encoder.json', weights: 'encoder.safetensors', tokenizer: 'tokenizer.json' } as const;

/** encoder.json: what an encoder folder says about itself. */
const encoderManifestSchema = z.strictObject({
  format: z.literal('tandem-encoder'),
  version: z.literal(1),
  /** version of Tandem that wrote it */
  tandem: z.string(),
  created: z.string(),
  shape: encoderShapeSchema,
  /** size and sha256 of every other file of the folder */
  files: z.record(z.string(), z.strictObject({ bytes: z.int().min(0), sha256: z.string().length(64) })),
});

type EncoderManifest = z.infer<typeof encoderManifestSchema>;

/**
 * Writes an encoder as a folder, whole or not at all: encoder.json, encoder.safetensors, tokenizer.json.
 * @throws TandemError 'files/disk-full' | 'files/write-failed'
 */
export async function writeEncoder(path: string, encoder: PretrainedEncoder, tandem: string): Promise<void> {
  const { shape, weights, token, position, tokenizer } = encoder;
  const table = ({ rows, width, values }: EmbeddingTable): DenseParameter => ({ shape: [rows, width], values });
  const arrays = { ...weights, token: table(token), position: table(position) };
  await writeFolderAtomically(path, async folder => {
    await writeFileAtomically(join(folder, files.weights), handle => writeSafetensors(handle, arrays));
    await writeWhole(join(folder, files.tokenizer), tokenizer);
    const manifest: EncoderManifest = {
      format: 'tandem-encoder',
      version: 1,
      tandem,
      created: new Date().toISOString(),
      shape,
      files: await describeFiles(folder),
    };
    await writeWhole(join(folder, files.manifest), `${JSON.stringify(manifest, null, 2)}\n`);
  });
}

/**
 * Reads an encoder folder; every file is checked against encoder.json.
 * @throws TandemError 'data/not-found' | 'model/damaged' (names the file) | 'model/unsupported-version'
 */
export async function readEncoder(folder: string): Promise<StoredEncoder> {
  const { manifest, content } = await readFormatManifest(folder, files.manifest, folderFormat);
  for (const [name, { sha256 }] of Object.entries(manifest.files)) {
    const path = join(folder, name);
    if ((await sha256OfFile(path).catch(() => undefined)) !== sha256)
      throw damagedFile(path, 'is missing or was altered');
  }
  const file = await openTensorFile(join(folder, files.weights));
  try {
    const arrays: Record<string, DenseParameter> = {};
    for (const name of file.names) arrays[name] = await file.read(name);
    const { token, position, ...weights } = arrays;
    return {
      id: createHash('sha256')
        // as it was written: what a later version adds to a shape does not change it
        .update(JSON.stringify([content.shape, content.files]))
        .digest('hex'),
      shape: manifest.shape,
      weights,
      token: tableOf(token),
      position: tableOf(position),
      tokenizer: await readFile(join(folder, files.tokenizer), 'utf8'),
    };
  } finally {
    await file.close();
  }
}

const tableOf = ({ shape: [rows, width], values }: DenseParameter): EmbeddingTable => ({ rows, width, values });

const folderFormat = {
  format: 'tandem-encoder',
  version: 1,
  schema: encoderManifestSchema,
  of: 'an encoder',
  missing: (folder: string, why: string) =>
    `${folder}: is no encoder folder (${why}); \`tandem import-encoder\` and \`tandem pretrain\` write one`,
} as const;
