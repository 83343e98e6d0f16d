import type { Place } from './iterate.js';
import type { QueryNode } from './node.js';

/** Postings that are walked through in the time of one unit of work (src/search/turns.ts), and documents of a set. */
const postingsOfUnit = 16;
const documentsOfUnit = 256;

/**
 * Units of work that a walk through a segment takes for a part of a query, about: one for every document that a phrase may stand in.
 * @param documents  of the segment
 */
export function workOf(node: QueryNode, documents: number): number {
  switch (node.kind) {
    case 'terms':
      return node.terms.reduce((sum, { df }) => sum + Math.min(df, documents), 0) / postingsOfUnit;
    case 'phrase':
      return Math.min(documents, ...node.terms.map(({ df }) => df));
    case 'filter':
    case 'every':
      return documents / documentsOfUnit;
    case 'bool':
      return [...node.must, ...node.should, ...node.mustNot].reduce((sum, each) => sum + workOf(each, documents), 0);
    case 'unscored':
      return workOf(node.node, documents);
  }
}

/** Units of work that it takes to open the postings of a term; a fuzzy word stands for dozens. */
const openingWork = 2 ** 5;

/** Units of work that it takes to begin a walk for a part of a query. */
export function workToBegin(node: QueryNode): number {
  switch (node.kind) {
    case 'terms':
    case 'phrase':
      return node.terms.length * openingWork;
    case 'filter':
    case 'every':
      return 0;
    case 'bool':
      return [...node.must, ...node.should, ...node.mustNot].reduce((sum, each) => sum + workToBegin(each), 0);
    case 'unscored':
      return workToBegin(node.node);
  }
}

/** Documents of a walk that are passed in one go at most, and units of work. */
const documentsAtOnce = 2 ** 12;
const unitsAtOnce = 2 ** 12;

/** Tells the work of a walk by the documents that it has passed. */
export interface WalkMeter {
  /** the document from which on work is to be told */
  readonly next: number;
  /** @param doc  that the walk has come to @returns units of work since it last did */
  pass(doc: number): number;
}

/** A walk through the segment in memory is never parted: a write might come between. */
export function walkMeter(node: QueryNode, { segment, number }: Place): WalkMeter {
  const { documentCount } = segment;
  const share = workOf(node, documentCount) / Math.max(1, documentCount);
  const step = Math.max(1, Math.min(documentsAtOnce, unitsAtOnce / share));
  let passed = 0;
  let next = number < 0 ? Number.POSITIVE_INFINITY : step;
  return {
    get next() {
      return next;
    },
    pass: doc => {
      const units = Math.ceil((doc - passed) * share);
      passed = doc;
      next = doc + step;
      return units;
    },
  };
}
