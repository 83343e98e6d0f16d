import type { MemorySegment } from '../memory-segment.js';
import type { TermPlaces } from '../query-terms.js';
import type { StoredSegment } from '../stored-segment.js';

/** Where the walk over the terms of one segment stands. */
interface Cursor {
  term: string;
  /** number of an immutable segment; -1 = the one in memory */
  readonly segment: number;
  /** of the term, in an immutable segment */
  ordinal: number;
  /** @returns whether there is a further term that begins with the prefix */
  readonly step: () => boolean;
}

/**
 * The terms of an index that begin with a prefix, with their places, in the order of code points: that order does not depend on how the index is
 * cut, and neither do the first n of them. Terms that no live document holds are left out.
 */
export function* prefixTermsOf(
  stored: readonly StoredSegment[],
  memory: MemorySegment,
  prefix: string,
): IterableIterator<TermPlaces & { readonly term: string }> {
  let open = [...stored.map((segment, number) => storedCursor(segment, number, prefix)), memoryCursor(memory, prefix)];
  open = open.filter(cursor => cursor.step());
  while (open.length > 0) {
    const { term } = open.reduce((first, cursor) =>
      compareByCodePoints(cursor.term, first.term) < 0 ? cursor : first,
    );
    const ordinals = new Array<number>(stored.length).fill(-1);
    let df = 0;
    for (const { term: other, segment, ordinal } of open) {
      if (other !== term) continue;
      if (segment >= 0) ordinals[segment] = ordinal;
      df += segment < 0 ? memory.documentFrequency(term) : stored[segment].liveFrequency(ordinal);
    }
    if (df > 0) yield { term, df, ordinals };
    open = open.filter(cursor => cursor.term !== term || cursor.step());
  }
}

function storedCursor({ dictionary }: StoredSegment, segment: number, prefix: string): Cursor {
  const cursor: Cursor = {
    term: '',
    segment,
    ordinal: dictionary.lowerBound(prefix) - 1,
    step: () => {
      cursor.ordinal++;
      cursor.term = cursor.ordinal < dictionary.count ? dictionary.term(cursor.ordinal) : '';
      return cursor.ordinal < dictionary.count && cursor.term.startsWith(prefix);
    },
  };
  return cursor;
}

function memoryCursor(memory: MemorySegment, prefix: string): Cursor {
  const terms = memory.terms(prefix);
  const cursor: Cursor = {
    term: '',
    segment: -1,
    ordinal: -1,
    step: () => {
      const { value, done } = terms.next();
      if (!done) cursor.term = value;
      return !done;
    },
  };
  return cursor;
}

/** Below 0, 0 or above 0; half a surrogate pair is a code point of its own. */
export function compareByCodePoints(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; ) {
    const point = a.codePointAt(i) as number;
    const difference = point - (b.codePointAt(i) as number);
    if (difference !== 0) return difference;
    i += point > 0xffff ? 2 : 1;
  }
  return a.length - b.length;
}
