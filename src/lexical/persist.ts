import { join } from 'node:path';
import { TandemError } from '../errors/tandem-error.js';
import { writeFolderAtomically, writeWhole } from '../files/atomic.js';
import { fileIdentity, layOutSections, readSections, sectionsOf } from './section-file.js';
import { StoredSegment } from './stored-segment.js';
import type { TokenIndexOptions } from './token-index-options.js';

/** The file that names the segments of a saved token index. */
export const indexFileName = 'tokens.bin';

const segmentFileName = (place: number): string => `${place}.segment`;

/** What the head of that file says. Its sections are the removed documents of each segment, a bit each, under the segment's file name. */
interface Listing {
  readonly options: TokenIndexOptions & {
    /** what `proximity` was called up to format 3 of an index */
    readonly closeness?: boolean;
  };
  /** by segment: what tells its file from any other */
  readonly segments: readonly { readonly file: string; readonly identity: string }[];
}

/** Writes segments to a folder, whole or not at all, as they are at the call. @throws TandemError 'files/disk-full' | 'files/write-failed' */
export async function writeSegments(
  folder: string,
  segments: readonly StoredSegment[],
  options: TokenIndexOptions,
): Promise<void> {
  const files = segments.map(({ file }, place) => ({ name: segmentFileName(place), bytes: file }));
  const listing: Listing = {
    options,
    segments: files.map(({ name, bytes }) => ({ file: name, identity: fileIdentity(bytes) })),
  };
  const removed = segments.map(({ removed: bits }, place): [string, Uint8Array] => [
    segmentFileName(place),
    new Uint8Array(bits.buffer, bits.byteOffset, bits.byteLength),
  ]);
  // laid out before the first await, so that later removals are not in it
  const content = layOutSections(listing, new Map(removed));
  await writeFolderAtomically(folder, async temporary => {
    for (const { name, bytes } of files) await writeWhole(join(temporary, name), bytes);
    await writeWhole(join(temporary, indexFileName), content);
  });
}

/** @throws TandemError 'index/not-found' | 'index/damaged' naming the file | 'index/unsupported-version' */
export async function readSegments(folder: string): Promise<{ segments: StoredSegment[]; options: TokenIndexOptions }> {
  const path = join(folder, indexFileName);
  const { header, sections } = sectionsOf(await readSections(path));
  const listing = header as Listing;
  const segments: StoredSegment[] = [];
  for (const { file, identity } of listing.segments) {
    const bytes = await readListed(join(folder, file));
    if (fileIdentity(bytes) !== identity) {
      const message = `${join(folder, file)}: not the segment that ${indexFileName} names`;
      throw new TandemError('index/damaged', message, { file: join(folder, file) });
    }
    // a copy of its own: it goes on changing
    const bits = sections.get(file)?.slice() ?? new Uint8Array(0);
    segments.push(new StoredSegment(bytes, new Uint32Array(bits.buffer)));
  }
  const { closeness, ...options } = listing.options;
  // an index that does not say how its terms were made is from the time of the first analysis
  return { segments, options: { proximity: closeness, analysis: 1, ...options } };
}

/** A segment that the listing names and that is not there is damage, not an index that was never made. */
async function readListed(path: string): Promise<Uint8Array> {
  try {
    return await readSections(path);
  } catch (error) {
    if (!(error instanceof TandemError) || error.code !== 'index/not-found') throw error;
    throw new TandemError('index/damaged', error.message, error.details, { cause: error });
  }
}
