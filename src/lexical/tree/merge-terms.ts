/**
 * The distinct terms of several lists, each in the order of code points, in that order: it does not depend on how the index is cut,
 * and neither do the first n of them.
 */
export function* mergeTerms(lists: readonly Iterator<string>[]): IterableIterator<string> {
  const heads = lists.flatMap(list => headOf(list));
  let last: string | undefined;
  while (heads.length > 0) {
    let first = 0;
    for (let i = 1; i < heads.length; i++) if (compareByCodePoints(heads[i].term, heads[first].term) < 0) first = i;
    const { term, list } = heads[first];
    if (term !== last) yield term;
    last = term;
    heads.splice(first, 1, ...headOf(list));
  }
}

function headOf(list: Iterator<string>): { term: string; list: Iterator<string> }[] {
  const { value, done } = list.next();
  return done ? [] : [{ term: value, list }];
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
