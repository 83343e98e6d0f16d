import { TandemError } from '../errors/tandem-error.js';
import type { ReadyClause } from './ready-filter.js';
import type { SegmentColumns } from './segment-columns.js';
import { parsePattern, patternWork } from './text-pattern.js';

/** Characters of texts that the patterns of one request look through at most, see patternWork; some tens of milliseconds. */
export const mostScanned = 2 ** 23;

/** What the patterns of a clause look through in one segment. */
function scannedBy(clause: ReadyClause, columns: SegmentColumns): number {
  if ('any' in clause) return clause.any.reduce((sum, inner) => sum + scannedBy(inner, columns), 0);
  if ('not' in clause) return scannedBy(clause.not, columns);
  if ('nested' in clause) {
    const { filter } = clause.nested;
    const places = columns.inObjects === undefined ? [columns] : [columns, columns.inObjects];
    return places.reduce((sum, place) => filter.reduce((all, inner) => all + scannedBy(inner, place), sum), 0);
  }
  if (!('like' in clause)) return 0;
  const { field, values, ignoreCase = false } = clause.like;
  const texts = columns.keywords(field);
  if (texts === undefined) return 0;
  return values.reduce((sum, value) => sum + patternWork(texts, parsePattern(value, ignoreCase)), 0);
}

/**
 * Counts what the clauses of one request look through, before any is asked; a clause that comes again counts once.
 * @throws TandemError 'search/bad-filter' where it is too much
 */
export function scanMeter(segments: readonly { readonly columns: SegmentColumns }[]): (clause: ReadyClause) => void {
  const counted = new Set<string>();
  let scanned = 0;
  return clause => {
    const name = JSON.stringify(clause);
    if (counted.has(name)) return;
    counted.add(name);
    for (const { columns } of segments) scanned += scannedBy(clause, columns);
    if (scanned > mostScanned)
      throw new TandemError(
        'search/bad-filter',
        `like: over ${mostScanned.toLocaleString('en')} characters to look through; begin the patterns with letters, or ask for fewer`,
      );
  };
}
