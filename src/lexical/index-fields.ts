import type { DocumentRow } from '../config/rows.js';
import { TandemError } from '../errors/tandem-error.js';
import { finish } from '../math/finish.js';
import type { Analyzer } from '../text/analyzer.js';
import { attributeTexts, type FieldText } from './attribute-texts.js';
import { fieldTexts } from './field-texts.js';
import { fieldTokens, givenTokens, tokensGiven, weightSteps } from './field-tokens.js';
import type { FieldToken } from './memory-segment.js';

/** Name of the field that the short texts of all attributes make together. */
export const attributeField = 'attributes';

/** The part of the indexing configuration that says what is searched by its words. */
export interface FieldOptions {
  /** fields to index, or paths of attributes (`specs.color`), and what an occurrence in each counts, >= 0; a weight of 0 leaves the field out */
  readonly fieldWeights: Readonly<Record<string, number>>;
  /** what an occurrence in the short texts of the other attributes counts, the field `attributes`; >= 0, there is none where 0 or absent */
  readonly attributeWeight?: number;
  /** what tokens of less than full weight have brought, in the order in which they came: see NumberedField */
  readonly weightedFields?: readonly WeightedField[];
}

/** Tokens of a field that count so many tenths of others. */
export interface WeightedField {
  readonly field: string;
  readonly step: number;
}

/**
 * A field as postings number it. Postings hold whole counts; so given tokens of less than full weight are a field of their own beside that of the others,
 * which counts in proportion and has a length of its own: BM25F adds up what both come to. There are none before the first such token.
 */
export interface NumberedField {
  /** that of the field for queries */
  readonly name: string;
  /** that of its tokens, in (0, 1] */
  readonly share: number;
}

/** The fields of an index. */
export interface IndexFields {
  /** names in the order of their numbers: sorted, so that it does not depend on how the configuration was written */
  readonly names: readonly string[];
  /** by number: the named ones, then those of tokens with weights, as many as there are by now */
  readonly numbered: readonly NumberedField[];
  /** By number. */
  weights(): number[];
  /** what `numbered` has beyond the names */
  readonly weighted: readonly WeightedField[];
  /** Gives numbers to the fields of weighted tokens that another index gave them to, in their order. @param all  those that are here already first */
  follow(all: readonly WeightedField[]): void;
  /** the fields that are fields of the documents too: all but `attributes` where it is made of attributes */
  readonly own: readonly string[];
  /** The texts of a field of a document, see fieldTexts and attributeTexts. */
  texts(document: DocumentRow, field: string): readonly FieldText[];
  /** The same without where they stand. */
  plainTexts(document: DocumentRow, field: string): readonly string[];
  /** Given tokens of less than full weight, by number of their field; they may bring further numbers. */
  lighter(document: DocumentRow): Iterable<[number: number, tokens: FieldToken[]]>;
  /**
   * The terms of a document by number of their field, see fieldTokens.
   * @yields units of work (src/search/turns.ts)
   */
  reading(document: DocumentRow, analyzer: Analyzer): Generator<number, FieldToken[][]>;
  /** The same in one go. */
  tokens(document: DocumentRow, analyzer: Analyzer): FieldToken[][];
}

/** Numbers of fields that a posting has room for. */
const mostFields = 256;

/** @throws TandemError 'config/bad-value' naming the key */
export function indexFields({ fieldWeights, attributeWeight = 0, weightedFields = [] }: FieldOptions): IndexFields {
  const own = Object.keys(fieldWeights).filter(field => fieldWeights[field] !== 0);
  for (const field of own) checkWeight(`fieldWeights: the weight of ${field}`, fieldWeights[field]);
  const weights = new Map(own.map(field => [field, fieldWeights[field]]));
  const searchesAttributes = attributeWeight !== 0;
  if (searchesAttributes) {
    checkWeight('attributeWeight: it', attributeWeight);
    if (weights.has(attributeField))
      throw new TandemError('config/bad-value', `fieldWeights: ${attributeField} is the field of attributeWeight`);
    weights.set(attributeField, attributeWeight);
  }
  if (weights.size > mostFields)
    throw new TandemError('config/bad-value', `fieldWeights: at most ${mostFields} fields, got ${weights.size}`);
  const names = [...weights.keys()].sort();
  const others = new Set(Object.keys(fieldWeights));
  const texts = (document: DocumentRow, field: string): readonly FieldText[] =>
    searchesAttributes && field === attributeField
      ? attributeTexts(document, others)
      : fieldTexts(document, field, others).map(text => ({ path: field, text }));
  const plainTexts = (document: DocumentRow, field: string): string[] => {
    // most are one string; a path may lie in several places
    const isPlain = !field.includes('.') && !(searchesAttributes && field === attributeField);
    const text = isPlain && Object.hasOwn(document, field) ? Reflect.get(document, field) : undefined;
    return typeof text === 'string' ? [text] : texts(document, field).map(({ text }) => text);
  };
  const weighted: WeightedField[] = [...weightedFields];
  const numbered: NumberedField[] = [
    ...names.map(name => ({ name, share: 1 })),
    ...weighted.map(({ field, step }) => ({ name: field, share: step / weightSteps })),
  ];
  /** -1 where there is no room for another one: such tokens count nothing */
  const numberOf = (field: string, step: number): number => {
    const share = step / weightSteps;
    const known = numbered.findIndex(each => each.name === field && each.share === share);
    if (known >= 0 || numbered.length === mostFields) return known;
    weighted.push({ field, step });
    return numbered.push({ name: field, share }) - 1;
  };
  function* lighter(document: DocumentRow): Generator<[number: number, tokens: FieldToken[]]> {
    if (document.tokens === undefined) return;
    for (const field of names) {
      for (const [step, tokens] of givenTokens(tokensGiven(document, field) ?? [])) {
        const number = step === weightSteps ? -1 : numberOf(field, step);
        if (number >= 0) yield [number, tokens];
      }
    }
  }
  function* reading(document: DocumentRow, analyzer: Analyzer): Generator<number, FieldToken[][]> {
    const found: FieldToken[][] = [];
    for (const field of names) found.push(yield* fieldTokens(document, field, analyzer, plainTexts));
    for (const [number, tokens] of lighter(document)) found[number] = tokens;
    return Array.from(found, tokens => tokens ?? []);
  }
  return {
    names,
    numbered,
    weights: () => numbered.map(({ name, share }) => (weights.get(name) ?? 0) * share),
    weighted,
    follow: all => {
      for (const { field, step } of all.slice(weighted.length)) numberOf(field, step);
    },
    own: own.sort(),
    texts,
    plainTexts,
    lighter,
    reading,
    tokens: (document, analyzer) => finish(reading(document, analyzer)),
  };
}

function checkWeight(what: string, weight: number): void {
  if (weight > 0 && Number.isFinite(weight)) return;
  throw new TandemError('config/bad-value', `${what} must be at least 0, got ${weight}`);
}
