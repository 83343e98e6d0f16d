import { readFile } from 'node:fs/promises';
import { TandemError } from '../../errors/tandem-error.js';
import type { SearchRequest } from '../../search/request.js';

/** A picture of a file as a request has it: a data URI, whose kind is told by its content. */
async function pictureUri(path: string): Promise<string> {
  const bytes = await readFile(path).catch((error: Error) => {
    throw new TandemError('data/not-found', `${path}: cannot be read: ${error.message}`, { path }, { cause: error });
  });
  return `data:image/any;base64,${bytes.toString('base64')}`;
}

interface Examples {
  /** ids */
  readonly similar: readonly string[];
  /** files */
  readonly pictures: readonly string[];
  readonly notSimilar: readonly string[];
}

/** Documents and pictures that hits are to be like, and documents that they are to be unlike. @throws TandemError 'data/not-found' */
export async function examplesOf({ similar, pictures, notSimilar }: Examples): Promise<SearchRequest['similar']> {
  return {
    ...(similar.length > 0 && { to: [...similar] }),
    ...(pictures.length > 0 && { pictures: await Promise.all(pictures.map(pictureUri)) }),
    ...(notSimilar.length > 0 && { not: [...notSimilar] }),
  };
}
