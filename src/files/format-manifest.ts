import { join } from 'node:path';
import type { z } from 'zod';
import { TandemError } from '../errors/tandem-error.js';
import { readFolderFile } from './interrupted-swap.js';

/** A kind of folder with a JSON manifest that names its format. */
export interface FolderFormat<T> {
  /** what `format` says */
  readonly format: string;
  /** the one that is read */
  readonly version: number;
  readonly schema: z.ZodType<T>;
  /** `encoder`: what the manifest is of, in errors */
  readonly of: string;
  /** what a folder without one is told to be, such as `is no encoder folder` */
  readonly missing: (folder: string, why: string) => string;
}

/** A file that belongs to a model or an encoder is not as it was written. */
export const damagedFile = (path: string, why: string): TandemError =>
  new TandemError('model/damaged', `${path}: ${why}`, { path });

/**
 * Reads the manifest of a folder.
 * @param name  of the manifest's file
 * @returns what the schema gives, and the content as it stands
 * @throws TandemError 'data/not-found' | 'model/damaged' | 'model/unsupported-version'
 */
export async function readFormatManifest<T>(
  folder: string,
  name: string,
  { format, version, schema, of, missing }: FolderFormat<T>,
): Promise<{ manifest: T; content: Readonly<Record<string, unknown>> }> {
  const path = join(folder, name);
  const text = await readFolderFile(folder, name).catch((error: NodeJS.ErrnoException) => {
    if (error instanceof TandemError) throw error;
    throw new TandemError('data/not-found', missing(folder, String(error.code)), { path }, { cause: error });
  });
  let content: Readonly<Record<string, unknown>>;
  try {
    content = Object(JSON.parse(text)) as typeof content;
  } catch {
    throw damagedFile(path, 'is not JSON');
  }
  if (content.format !== format) throw damagedFile(path, `is not the manifest of ${of}`);
  if (content.version !== version) {
    const message = `${path}: format version ${String(content.version)}, this Tandem reads version ${version}`;
    throw new TandemError('model/unsupported-version', message);
  }
  const parsed = schema.safeParse(content);
  if (parsed.success) return { manifest: parsed.data, content };
  const { path: keys, message } = parsed.error.issues[0];
  throw damagedFile(path, `${keys.join('.')}: ${message}`);
}
