import { TandemError } from '../errors/tandem-error.js';
import { type BitSet, createBitSet, eachBit, intersect, setBit, subtract, unite } from '../math/bit-set.js';
import type { ObjectList } from './object-file.js';
import type { ReadyClause, ReadyNested } from './ready-filter.js';

type Matching = (clause: ReadyClause) => BitSet;

/** What a condition on one object is asked of: documents, or the objects in which further ones lie. */
export interface Nest {
  /** documents, or objects, removed ones too */
  readonly count: number;
  readonly matching: Matching;
  /** Paths that begin with this one and a dot. */
  readonly pathsInside: (path: string) => Iterable<string>;
  /** The objects of lists. */
  readonly objects: Objects;
}

export interface Objects {
  /** false where nobody knows, see objectsVersion */
  readonly areKept: boolean;
  /** undefined where there are none */
  readonly list?: ObjectList;
  readonly matching: Matching;
  /** Marks what an object belongs to: its document, or the objects that it lies in. */
  readonly mark: (object: number, into: BitSet) => void;
}

/**
 * What has an object of a path for which every clause holds. Where there is one object of a path alone, it has the attributes of the whole; where there
 * are several, each has columns of its own.
 * @throws TandemError 'search/bad-filter' where objects were not kept apart yet
 */
export function matchNested({ path, filter }: ReadyNested, nest: Nest): BitSet {
  const { count, objects } = nest;
  const having = hasObject(path, nest);
  if (!objects.areKept && having.some(word => word !== 0))
    throw new TandemError(
      'search/bad-filter',
      `nested of ${path}: this index was made before objects in lists were kept apart; index its documents again`,
    );
  const found = holdingAll(filter, nest.matching, having);
  const { list } = objects;
  if (list === undefined) return found;
  const candidates = list.ofPath(path);
  const apart = createBitSet(count);
  eachBit(candidates, object => objects.mark(object, apart));
  subtract(found, apart);
  eachBit(holdingAll(filter, objects.matching, candidates), object => objects.mark(object, found));
  return found;
}

/** What has something inside of an object of this path. */
function hasObject(path: string, { count, matching, pathsInside }: Nest): BitSet {
  const bits = createBitSet(count);
  for (const field of pathsInside(path)) unite(bits, matching({ exists: { field } }));
  intersect(bits, matching({ exists: { field: path } }));
  return bits;
}

function holdingAll(filter: readonly ReadyClause[], matching: Matching, among: BitSet): BitSet {
  const bits = among.slice();
  for (const clause of filter) intersect(bits, matching(clause));
  return bits;
}

/** The objects of documents. */
export const objectsOfDocuments = (list: ObjectList | undefined, matching: Matching, areKept = true): Objects => ({
  areKept,
  list,
  matching,
  mark: (object, into) => setBit(into, list?.ownerOf(object) ?? 0),
});

/** The objects in objects: the same ones, whatever lies around each of them counts. */
export const objectsOfObjects = (list: ObjectList, matching: Matching): Objects => ({
  areKept: true,
  list,
  matching,
  mark: (object, into) => {
    for (let outer = list.parentOf(object); outer >= 0; outer = list.parentOf(outer)) setBit(into, outer);
  },
});
