import { ageOf, numberOf, relativeTo, sameAs } from './documents.js';
import type { Feature } from './feature.js';
import { aboutPopularity, popularityFeature } from './popularity.js';
import {
  agreement,
  queryCorrected,
  queryLength,
  queryMeanIdf,
  queryNumbers,
  queryRarest,
  queryUnknown,
  queryWords,
} from './query.js';
import { type RetrievedFeature, retrievedFeatures } from './retrieved.js';
import { behindBest, shareOfBest } from './sides.js';
import {
  askedShare,
  behindLast,
  correctedShare,
  exactIdf,
  fieldLength,
  fieldScore,
  firstPosition,
  heldIdf,
  heldNumbers,
  heldShare,
  holdsFirst,
  holdsLast,
  holdsRarest,
  longestRun,
  missingIdf,
  ofMatch,
} from './words.js';

/** Features that need no parameter. Their names stand in the files of rankers: a name never changes its meaning. */
const plain: Readonly<Record<string, Feature>> = {
  bm25Share: shareOfBest('bm25'),
  proximityShare: shareOfBest('proximity'),
  cosineGap: behindBest('cosine'),
  fusionGap: behindBest('fusion'),
  heldShare: ofMatch('words of the query that the document holds / all words, [0, 1]', heldShare),
  heldIdf: ofMatch('the same, words counted by their idf, [0, 1]', heldIdf, 1),
  exactIdf: ofMatch('the same, of words as they are asked for alone, [0, 1]', exactIdf),
  missingIdf: ofMatch('greatest idf of a word that the document lacks, >= 0', missingIdf),
  holdsRarest: ofMatch('1 where the document holds the rarest word, else 0', holdsRarest),
  holdsFirst: ofMatch('1 where the document holds the first word, else 0', holdsFirst),
  holdsLast: ofMatch('1 where the document holds the last word, else 0', holdsLast),
  heldNumbers: ofMatch('words with digits that the document holds / all of them, [0, 1]; NaN without any', heldNumbers),
  correctedShare: ofMatch('held words that stand for mistyped ones / held words, [0, 1]', correctedShare),
  firstPosition: ofMatch('position of the first word of the query in its best field, from 0', firstPosition),
  behindLast: ofMatch('terms behind the last word of the query / length of its best field, [0, 1)', behindLast),
  longestRun: ofMatch('longest stretch of the query that stands in a field as it is / its words, [0, 1]', longestRun),
  askedShare: ofMatch('words of the query in its best field / length of that field, [0, 1]', askedShare),
  agreement,
  queryWords,
  queryNumbers,
  queryRarest,
  queryMeanIdf,
  queryUnknown,
  queryCorrected,
  queryLength,
  sameCountry: sameAs('country'),
  sameLanguage: sameAs('language'),
};

/** What the first ranking gives, which needs nothing computed. */
export const firstFeatures = {
  fusion: 'score of the first ranking, [0, 1]',
  fusionRank: 'its rank there, from 1',
} as const;

/** Features of a field or an attribute: `bm25:title`, `relative:price`, `relative:price/category`. */
const parametric: Readonly<Record<string, (parameter: string) => Feature>> = {
  bm25: fieldScore,
  length: fieldLength,
  number: numberOf,
  age: ageOf,
  relative: parameter => {
    const [field, group] = parameter.split('/', 2);
    return relativeTo(field, group);
  },
};

export const isRetrieved = (name: string): name is RetrievedFeature => Object.hasOwn(retrievedFeatures, name);

/** Retrieved features of which more never speaks against a document. */
const monotoneRetrieved: ReadonlySet<string> = new Set(['bm25', 'cosine', 'fusion']);

/** A feature that is computed for candidates; undefined where there is none of this name. */
export function computedFeature(name: string): Feature | undefined {
  if (Object.hasOwn(plain, name)) return plain[name];
  const colon = name.indexOf(':');
  const kind = name.slice(0, Math.max(0, colon));
  const parameter = name.slice(colon + 1);
  return Object.hasOwn(parametric, kind) && parameter !== '' ? parametric[kind](parameter) : undefined;
}

/** What a feature is, in words, with its unit and range; undefined where there is none of this name. */
export function aboutFeature(name: string): string | undefined {
  if (name === popularityFeature) return aboutPopularity;
  if (isRetrieved(name)) return retrievedFeatures[name];
  if (Object.hasOwn(firstFeatures, name)) return firstFeatures[name as keyof typeof firstFeatures];
  return computedFeature(name)?.about;
}

/** Whether a feature is computed from attributes of the documents. */
export const readsAttributes = (name: string): boolean =>
  ['sameCountry', 'sameLanguage'].includes(name) || /^(number|age|relative):./.test(name);

export const isMonotone = (name: string): boolean =>
  monotoneRetrieved.has(name) || computedFeature(name)?.monotone === 1;

/**
 * Features that mean the same in every catalogue and with every model: shares, gaps and counts. A ranker of these alone may serve another index than the one that it
 * learnt from.
 */
export const portableFeatures: readonly string[] = [
  'fusion',
  'fusionGap',
  'bm25Share',
  'proximityShare',
  'cosineGap',
  'coverage',
  'heldShare',
  'heldIdf',
  'exactIdf',
  'holdsRarest',
  'holdsFirst',
  'holdsLast',
  'heldNumbers',
  'longestRun',
  'askedShare',
  'queryWords',
  'queryNumbers',
];

/** The features of every ranker, whatever the catalogue; those of its fields and attributes come behind. */
export const standardFeatures: readonly string[] = [
  ...Object.keys(retrievedFeatures),
  ...Object.keys(firstFeatures),
  ...Object.keys(plain),
];
