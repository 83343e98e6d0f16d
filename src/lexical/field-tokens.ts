import type { DocumentRow, GivenToken } from '../config/rows.js';
import { type Analyzer, termsAt } from '../text/analyzer.js';
import { fieldTexts } from './field-texts.js';
import type { FieldToken } from './memory-segment.js';

/** Between the last position of one text of a field and the first of the next. */
const positionGap = 1000;

/** The tokens that a row gives for a field. */
export const tokensGiven = ({ tokens }: DocumentRow, field: string): readonly GivenToken[] | undefined =>
  tokens !== undefined && Object.hasOwn(tokens, field) ? tokens[field] : undefined;

/**
 * The terms of a document's field in the order of their positions: those that the row gives under `tokens` as they are, of full weight, or else those of its
 * texts, each word with its finer parts and its variants at its own position. No term comes twice at a position.
 * @param textsOf  the texts of a field, in their order
 * @yields units of work (src/search/turns.ts)
 */
export function* fieldTokens(
  document: DocumentRow,
  field: string,
  analyzer: Analyzer,
  textsOf: (document: DocumentRow, field: string) => readonly string[] = fieldTexts,
): Generator<number, FieldToken[]> {
  const given = tokensGiven(document, field);
  if (given !== undefined) return fullTokens(given);
  const tokens: FieldToken[] = [];
  let from = 0;
  for (const text of textsOf(document, field)) {
    for (const token of yield* analyzer.analysing(text))
      for (const term of termsAt(token)) tokens.push({ term, position: from + token.position });
    from = positionBehind(tokens.at(-1)?.position);
  }
  return tokens;
}

/** The position at which the next text of a field begins: at a distance that no phrase bridges. @param last  the last one so far */
export const positionBehind = (last: number | undefined): number => (last ?? 0) + positionGap;

/** Given tokens of full weight. */
export const fullTokens = (given: readonly GivenToken[]): FieldToken[] => givenTokens(given).get(weightSteps) ?? [];

/** Weights of given tokens are told apart in this many steps. */
export const weightSteps = 10;

/** The step of a weight in (0, 1], from 1. */
const stepOf = (weight: number): number => Math.max(1, Math.round(weight * weightSteps));

/** Given tokens by the step of their weight. A token without a position stands behind the one before it; of a term that comes twice at one the first counts. */
export function givenTokens(given: readonly GivenToken[]): Map<number, FieldToken[]> {
  const bySteps = new Map<number, FieldToken[]>();
  const atPosition = new Set<string>();
  let last = -1;
  for (const token of given) {
    const { term, position = last + 1, weight = 1 } = typeof token === 'string' ? { term: token } : token;
    if (position !== last) atPosition.clear();
    last = position;
    if (atPosition.has(term)) continue;
    atPosition.add(term);
    const step = stepOf(weight);
    const tokens = bySteps.get(step);
    if (tokens === undefined) bySteps.set(step, [{ term, position }]);
    else tokens.push({ term, position });
  }
  return bySteps;
}
