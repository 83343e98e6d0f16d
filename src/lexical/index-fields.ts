import type { DocumentRow } from '../config/rows.js';
import { TandemError } from '../errors/tandem-error.js';
import type { Analyzer } from '../text/analyzer.js';
import { attributeTexts, type FieldText } from './attribute-texts.js';
import { fieldTexts } from './field-texts.js';
import { fieldTokens } from './field-tokens.js';
import type { FieldToken } from './memory-segment.js';

/** Name of the field that the short texts of all attributes make together. */
export const attributeField = 'attributes';

/** The part of the indexing configuration that says what is searched by its words. */
export interface FieldOptions {
  /** fields to index, or paths of attributes (`specs.color`), and what an occurrence in each counts, >= 0; a weight of 0 leaves the field out */
  readonly fieldWeights: Readonly<Record<string, number>>;
  /** what an occurrence in the short texts of the other attributes counts, the field `attributes`; >= 0, there is none where 0 or absent */
  readonly attributeWeight?: number;
}

/** The fields of an index. */
export interface IndexFields {
  /** names in the order of their numbers: sorted, so that it does not depend on how the configuration was written */
  readonly names: readonly string[];
  /** by number */
  readonly weights: readonly number[];
  /** the fields that are fields of the documents too: all but `attributes` where it is made of attributes */
  readonly own: readonly string[];
  /** The texts of a field of a document, see fieldTexts and attributeTexts. */
  texts(document: DocumentRow, field: string): readonly FieldText[];
  /** The terms of a field of a document, see fieldTokens. */
  tokens(document: DocumentRow, field: string, analyzer: Analyzer): FieldToken[];
}

/** @throws TandemError 'config/bad-value' naming the key */
export function indexFields({ fieldWeights, attributeWeight = 0 }: FieldOptions): IndexFields {
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
  if (weights.size > 256)
    throw new TandemError('config/bad-value', `fieldWeights: at most 256 fields, got ${weights.size}`);
  const names = [...weights.keys()].sort();
  const others = new Set(Object.keys(fieldWeights));
  const texts = (document: DocumentRow, field: string): readonly FieldText[] =>
    searchesAttributes && field === attributeField
      ? attributeTexts(document, others)
      : fieldTexts(document, field, others).map(text => ({ path: field, text }));
  const plainTexts = (document: DocumentRow, field: string): string[] => texts(document, field).map(({ text }) => text);
  return {
    names,
    weights: names.map(name => weights.get(name) ?? 0),
    own: own.sort(),
    texts,
    tokens: (document, field, analyzer) => fieldTokens(document, field, analyzer, plainTexts),
  };
}

function checkWeight(what: string, weight: number): void {
  if (weight > 0 && Number.isFinite(weight)) return;
  throw new TandemError('config/bad-value', `${what} must be at least 0, got ${weight}`);
}
