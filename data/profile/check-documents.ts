import type { DocumentRow } from '../../src/config/rows.js';
import { TandemError } from '../../src/errors/tandem-error.js';
import type { SourcedDocument } from '../read-documents.js';
import { locationUnit } from '../sources/parse-row.js';
import { guessLanguage, type LanguageGuess } from './guess-language.js';
import { hashOf, isEmpty } from './table-profile.js';

/** What documents are like, as they would be read. */
export interface DocumentsCheck {
  readonly documents: number;
  /** the first ten */
  readonly preview: readonly DocumentRow[];
  /** rows whose id stood before, and the first of them */
  readonly repeatedIds: number;
  readonly firstRepeated?: { readonly id: string; readonly location: string };
  /** documents whose title another one before bears */
  readonly equalTitles: number;
  readonly withoutTitle: number;
  /** field or attribute -> documents that have it */
  readonly filled: ReadonlyMap<string, number>;
  /** `country` and `language` -> documents that name it, the most frequent first; as many as are told */
  readonly countries: ReadonlyMap<string, number>;
  readonly languages: ReadonlyMap<string, number>;
  readonly language: LanguageGuess;
  /** characters of titles and descriptions, mean over the documents */
  readonly meanCharacters: number;
  /** bytes of the documents as JSON */
  readonly bytes: number;
  /** why reading ended before the end of the files */
  readonly fault?: string;
  /** whether an id was met; and whether a text, in small letters, is the title of a document */
  readonly knowsId: (id: string) => boolean;
  readonly isTitle: (text: string) => boolean;
}

const shown = 10;
/** Documents whose texts are looked at for their language. */
const read = 2_000;
const mostLocales = 300;

/** Goes through documents once; held are 8 bytes of each id and title. */
export async function checkDocuments(documents: AsyncIterable<SourcedDocument>): Promise<DocumentsCheck> {
  const [ids, titles] = [new Set<number>(), new Set<number>()];
  const [filled, countries, languages] = [
    new Map<string, number>(),
    new Map<string, number>(),
    new Map<string, number>(),
  ];
  const preview: DocumentRow[] = [];
  const texts: string[] = [];
  const counts = { documents: 0, repeatedIds: 0, equalTitles: 0, withoutTitle: 0, characters: 0, bytes: 0 };
  let firstRepeated: DocumentsCheck['firstRepeated'];
  let fault: string | undefined;
  try {
    for await (const { path, line, row } of documents) {
      const id = hashOf(row.id);
      if (ids.has(id)) {
        counts.repeatedIds++;
        firstRepeated ??= { id: row.id, location: `${path} ${locationUnit(path)} ${line}` };
        continue;
      }
      ids.add(id);
      counts.documents++;
      if (preview.length < shown) preview.push(row);
      const text = [row.title, row.description ?? ''].join('\n');
      if (texts.length < read) texts.push(text.slice(0, 2_000));
      counts.characters += text.length - 1;
      counts.bytes += Buffer.byteLength(JSON.stringify(row));
      if (row.title.trim() === '') counts.withoutTitle++;
      else if (remembered(titles, hashOf(keyOf(row.title)))) counts.equalTitles++;
      for (const [field, value] of Object.entries(row)) if (!isEmpty(value)) raise(filled, field);
      if (row.country !== undefined && countries.size < mostLocales) raise(countries, row.country);
      if (row.language !== undefined && languages.size < mostLocales) raise(languages, row.language);
    }
  } catch (error) {
    if (!(error instanceof TandemError)) throw error;
    fault = error.message;
  }
  const { characters, ...totals } = counts;
  return {
    ...totals,
    preview,
    firstRepeated,
    filled,
    countries: byCount(countries),
    languages: byCount(languages),
    language: guessLanguage(texts),
    meanCharacters: counts.documents === 0 ? 0 : characters / counts.documents,
    fault,
    knowsId: id => ids.has(hashOf(id)),
    isTitle: text => titles.has(hashOf(keyOf(text))),
  };
}

const keyOf = (text: string): string => text.trim().toLowerCase().replace(/\s+/g, ' ');

/** @returns whether it was there; it is afterwards */
function remembered(set: Set<number>, hash: number): boolean {
  if (set.has(hash)) return true;
  set.add(hash);
  return false;
}

export function raise(counts: Map<string, number>, key: string): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}

const byCount = (counts: ReadonlyMap<string, number>): Map<string, number> =>
  new Map([...counts].sort((a, b) => b[1] - a[1]));
