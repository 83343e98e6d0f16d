import type { DocumentRow } from '../config/rows.js';

/** The texts of a document's field: a string, the strings of a list, a number as it is written; anything else is no text. */
export function fieldTexts(document: DocumentRow, field: string): string[] {
  const value: unknown = Object.hasOwn(document, field) ? document[field] : undefined;
  const values: unknown[] = Array.isArray(value) ? value : [value];
  return values.flatMap(each => (typeof each === 'string' ? [each] : typeof each === 'number' ? [String(each)] : []));
}
