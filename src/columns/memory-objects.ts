import { type BitSet, createBitSet, setBit } from '../math/bit-set.js';
import { noIds } from './id-column.js';
import { MemoryColumns } from './memory-columns.js';
import { type Objects, objectsOfDocuments, objectsOfObjects } from './nested.js';
import type { ObjectSource } from './object-file.js';
import type { ObjectAttributes } from './objects.js';

/** The objects of lists in the segment in memory: columns over objects, growing as those over documents do. */
export class MemoryObjects implements ObjectSource {
  readonly columns: MemoryColumns;
  private readonly owners: number[] = [];
  private readonly parents: number[] = [];
  private readonly paths: string[] = [];

  constructor() {
    this.columns = new MemoryColumns(
      noIds(() => this.count),
      own => objectsOfObjects(this, clause => own.matching(clause)),
    );
  }

  get count(): number {
    return this.owners.length;
  }

  /** @param doc  behind all that came before @returns values taken in */
  add(doc: number, objects: readonly ObjectAttributes[]): number {
    const first = this.count;
    let taken = 0;
    for (const { path, parent, attributes } of objects) {
      this.owners.push(doc);
      this.parents.push(parent < 0 ? -1 : first + parent);
      this.paths.push(path);
      taken += this.columns.add(this.count - 1, attributes);
    }
    return taken;
  }

  ownerOf(object: number): number {
    return this.owners[object];
  }

  parentOf(object: number): number {
    return this.parents[object];
  }

  pathOf(object: number): string {
    return this.paths[object];
  }

  ofPath(path: string): BitSet {
    const bits = createBitSet(this.count);
    this.paths.forEach((each, object) => {
      if (each === path) setBit(bits, object);
    });
    return bits;
  }
}

/** The objects in documents. */
export const objectsInMemory = (objects: MemoryObjects): Objects =>
  objectsOfDocuments(objects, clause => objects.columns.matching(clause));
