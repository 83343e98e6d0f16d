import { createHash } from 'node:crypto';

/** UTF-16 units of a string that are kept as they are; of a field that is searched by words, see `indexedUnits`. */
export const mostUnits = 256;

/** Strings of indexed text are kept as values up to this length: names and categories, not titles and descriptions. */
export const indexedUnits = 64;

/**
 * A string as a column keeps it: a long one as its first 256 units and the SHA-256 of the whole in hexadecimal, so that two long strings are equal there
 * only where they are equal. No short one is as long.
 */
export function keptText(text: string): string {
  if (text.length <= mostUnits) return text;
  const digest = createHash('sha256').update(Buffer.from(text, 'utf16le')).digest('hex');
  return text.slice(0, mostUnits) + digest;
}

/** What a person is shown of it. */
export const shownText = (kept: string): string => (kept.length > mostUnits ? `${kept.slice(0, mostUnits)}…` : kept);
