import type { TokenIndex } from '../lexical/token-index.js';
import { countBits } from '../math/bit-set.js';

/** An attribute that documents of an index have, as filters, facets and sorting know it. */
export interface IndexAttribute {
  /** its path: `specs.weight` */
  readonly name: string;
  /** what most of its values are */
  readonly kind: 'text' | 'number' | 'date' | 'boolean';
  /** that have it; removed ones count until their segment is merged */
  readonly documents: number;
  /** of texts: distinct ones, at most */
  readonly values?: number;
}

/** The attributes whose values an index keeps, by name. */
export function indexAttributes(tokens: Pick<TokenIndex, 'segments'>): IndexAttribute[] {
  const segments = tokens.segments().map(({ columns }) => columns);
  const names = [...new Set(segments.flatMap(columns => [...columns.paths()]))].sort();
  const sum = (read: (columns: (typeof segments)[number]) => number): number =>
    segments.reduce((total, columns) => total + read(columns), 0);
  return names.flatMap((name): IndexAttribute[] => {
    const documents = sum(columns => countBits(columns.matching({ exists: { field: name } })));
    const has = (kind: 'numbers' | 'dates'): boolean =>
      segments.some(columns => columns.numbers(name, kind) !== undefined);
    const values = sum(columns => columns.keywords(name)?.count ?? 0);
    if (has('numbers') && values * 10 <= documents) return [{ name, kind: 'number', documents }];
    if (has('dates')) return [{ name, kind: 'date', documents }];
    if (values > 0) return [{ name, kind: 'text', documents, values }];
    const flags = sum(columns => countBits(columns.matching({ terms: { field: name, values: [false, true] } })));
    return flags > 0 ? [{ name, kind: 'boolean', documents }] : [];
  });
}
