import { termScore } from './bm25.js';
import { GrowingArray } from './growing-array.js';
import { maxFrequency } from './posting-writer.js';
import { precomputedLengths, type Weighting } from './weighting.js';

/** A shape is three words: the shape without its last field, `field << 24 | frequency` of that field, the field's length. */
export const shapeWords = 3;
/** in the place of a shape: no field so far */
export const noShape = 0xffffffff;

/**
 * Gives numbers to the shapes of postings: how often a term stands in each field of a document, and how long these fields are. All that a
 * score depends on, the same whatever the statistics; titles have a few dozen shapes, however long the posting list.
 */
export class ShapeNumbers {
  private readonly shapes = new GrowingArray();
  /** open addressing: number of a shape + 1, 0 = free */
  private slots = new Uint32Array(256);
  private mask = 255;

  get count(): number {
    return this.shapes.length / shapeWords;
  }

  /** The words of all shapes, by number; a copy. */
  words(): Uint32Array {
    return this.shapes.used.slice();
  }

  clear(): void {
    if (this.slots.length > 2 ** 12) this.slots = new Uint32Array(256);
    else this.slots.fill(0);
    this.mask = this.slots.length - 1;
    this.shapes.length = 0;
  }

  /** @param previous  number of the shape of the lower fields, `noShape` where there is none @returns number of the shape */
  numberOf(previous: number, fieldAndFrequency: number, length: number): number {
    let at = hash(previous, fieldAndFrequency, length) & this.mask;
    const { data } = this.shapes;
    for (let number = this.slots[at]; number !== 0; number = this.slots[at]) {
      const row = (number - 1) * shapeWords;
      if (data[row + 1] === fieldAndFrequency && data[row + 2] === length && data[row] === previous) return number - 1;
      at = (at + 1) & this.mask;
    }
    return this.add(previous, fieldAndFrequency, length, at);
  }

  private add(previous: number, fieldAndFrequency: number, length: number, at: number): number {
    const { shapes } = this;
    this.slots[at] = this.count + 1;
    shapes.push(previous);
    shapes.push(fieldAndFrequency);
    shapes.push(length);
    if (this.count * 2 > this.slots.length) this.grow();
    return this.count - 1;
  }

  private grow(): void {
    const { data } = this.shapes;
    this.slots = new Uint32Array(this.slots.length * 2);
    this.mask = this.slots.length - 1;
    for (let row = 0; row < this.shapes.length; row += shapeWords) {
      let at = hash(data[row], data[row + 1], data[row + 2]) & this.mask;
      while (this.slots[at] !== 0) at = (at + 1) & this.mask;
      this.slots[at] = row / shapeWords + 1;
    }
  }
}

function hash(previous: number, fieldAndFrequency: number, length: number): number {
  const mixed =
    Math.imul(previous + 1, 0x9e3779b1) ^ Math.imul(fieldAndFrequency, 0x85ebca6b) ^ Math.imul(length, 0xc2b2ae35);
  return mixed ^ (mixed >>> 15);
}

/**
 * The score of a posting of each shape: fields are added up in rising order, as everywhere.
 * @param shapes  words, by number
 */
export function scoreShapes(shapes: Uint32Array, weighting: Weighting, weight: number): Float64Array {
  const { k1, table } = weighting;
  const count = shapes.length / shapeWords;
  const scores = new Float64Array(count);
  for (let shape = 0; shape < count; shape++) {
    const row = shape * shapeWords;
    const field = shapes[row + 1] >>> 24;
    const length = shapes[row + 2];
    const each = length < precomputedLengths ? table[field][length] : weighting.occurrence(field, length);
    const before = shapes[row] === noShape ? 0 : scores[shapes[row]];
    scores[shape] = before + (shapes[row + 1] & maxFrequency) * each;
  }
  for (let shape = 0; shape < count; shape++) scores[shape] = termScore(k1, weight, scores[shape]);
  return scores;
}
