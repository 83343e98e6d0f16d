import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { DocumentCountry } from '../../../serving/parts.js';
import type { DocumentRow } from '../../config/rows.js';
import { writeWhole } from '../../files/atomic.js';

/** The countries that the documents of an index come from, beside its manifest; the page offers them. */
const fileName = 'places.json';
/** A list to choose from; a field with more values than this is no country. */
const mostPlaces = 300;

const placesSchema = z.array(z.object({ country: z.string(), language: z.string().optional() }));

/** Passes documents on and notes where they come from. */
export function notePlaces(documents: AsyncIterable<DocumentRow>) {
  const seen = new Map<string, DocumentCountry>();
  async function* passOn(): AsyncGenerator<DocumentRow> {
    for await (const document of documents) {
      const { country, language } = document;
      if (country !== undefined && seen.size <= mostPlaces) seen.set(`${country}\t${language}`, { country, language });
      yield document;
    }
  }
  const places = (): readonly DocumentCountry[] =>
    seen.size > mostPlaces ? [] : [...seen.values()].sort((a, b) => (a.country < b.country ? -1 : 1));
  return { documents: passOn(), places };
}

export const writePlaces = (index: string, places: readonly DocumentCountry[]): Promise<void> =>
  writeWhole(join(index, fileName), `${JSON.stringify(places)}\n`);

/** The places of an index; none where it has no such file. */
export async function readPlaces(index: string): Promise<readonly DocumentCountry[]> {
  const text = await readFile(join(index, fileName), 'utf8').catch(() => '[]');
  return placesSchema.parse(JSON.parse(text));
}
