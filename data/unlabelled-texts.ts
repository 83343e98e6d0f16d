import { type TranslationRow, textRowSchema, translationRowSchema } from '../src/config/rows.js';
import { readRows } from './sources/source.js';

/**
 * Texts of files without labels, in their order: `text` of each row, or title and description of documents; empty ones are left out.
 * @throws TandemError 'data/not-found' | 'data/unknown-format' | 'data/empty' | 'data/malformed-row' (with the line) | 'files/damaged'
 */
export async function* readTexts(paths: readonly string[]): AsyncGenerator<string> {
  for (const path of paths) {
    for await (const { row } of readRows(path, textRowSchema)) {
      const given = row.text === undefined ? [row.title, row.description] : [row.text];
      for (const text of given) if (text !== undefined && text.trim() !== '') yield text;
    }
  }
}

/** Texts with their translations. @throws TandemError as readTexts */
export async function readTranslations(path: string): Promise<TranslationRow[]> {
  const rows: TranslationRow[] = [];
  for await (const { row } of readRows(path, translationRowSchema)) rows.push(row);
  return rows;
}
