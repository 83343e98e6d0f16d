import type { DocumentRow, GivenToken } from '../config/rows.js';
import { type Analyzer, lowerLocaleOf, type Token, termsAt } from '../text/analyzer.js';
import { longestStretch } from '../text/stretches.js';
import { type ToldWords, tellGiven, tellWords } from '../text/written-words.js';
import { fieldTexts } from './field-texts.js';
import type { FieldToken } from './memory-segment.js';

/** Between the last position of one text of a field and the first of the next. */
const positionGap = 1000;

/** Words that are told in one go, and units of work (src/search/turns.ts) that one takes. */
const toldAtOnce = 2 ** 11;
const tellWork = 2;

/** The tokens that a row gives for a field. */
export const tokensGiven = ({ tokens }: DocumentRow, field: string): readonly GivenToken[] | undefined =>
  tokens !== undefined && Object.hasOwn(tokens, field) ? tokens[field] : undefined;

/**
 * The terms of a document's field in the order of their positions: those that the row gives under `tokens` as they are, of full weight, or else those of its
 * texts, each word with its finer parts and its variants at its own position. No term comes twice at a position.
 * @param textsOf  the texts of a field, in their order
 * @param told     what the words of the texts, as they are written, are added to
 * @yields units of work (src/search/turns.ts)
 */
export function* fieldTokens(
  document: DocumentRow,
  field: string,
  analyzer: Analyzer,
  textsOf: (document: DocumentRow, field: string) => readonly string[] = fieldTexts,
  told?: ToldWords,
): Generator<number, FieldToken[]> {
  const texts = textsOf(document, field);
  const given = tokensGiven(document, field);
  if (given !== undefined) {
    if (told !== undefined) tellGiven(texts, termsOf(given), told);
    return givenTokens(given).get(weightSteps) ?? [];
  }
  const tell = (text: string, tokens: readonly Token[]): void => {
    if (told !== undefined) tellWords(text, tokens, lowerLocaleOf(analyzer.language), told);
  };
  // most texts are the only one of their field, and short
  if (texts.length === 1 && texts[0].length <= longestStretch) {
    const tokens = analyzer.analyze(texts[0]);
    tell(texts[0], tokens);
    return withParts(tokens);
  }
  return yield* analysedTokens(texts, analyzer, tell);
}

const termsOf = (given: readonly GivenToken[]): string[] =>
  given.map(token => (typeof token === 'string' ? token : token.term));

/** The positions of a later text go on behind those of the one before, at a distance that no phrase bridges. */
function* analysedTokens(
  texts: readonly string[],
  analyzer: Analyzer,
  tell: (text: string, tokens: readonly Token[]) => void,
): Generator<number, FieldToken[]> {
  const tokens: FieldToken[] = [];
  let from = 0;
  for (const text of texts) {
    const found = yield* analyzer.analysing(text);
    for (let at = 0; at < found.length; at += toldAtOnce) {
      tell(text, found.slice(at, at + toldAtOnce));
      yield toldAtOnce * tellWork;
    }
    for (const token of found)
      for (const term of termsAt(token)) tokens.push({ term, position: from + token.position });
    from = (tokens.at(-1)?.position ?? 0) + positionGap;
  }
  return tokens;
}

function withParts(tokens: ReturnType<Analyzer['analyze']>): FieldToken[] {
  if (!tokens.some(({ parts, variants }) => parts !== undefined || variants !== undefined)) return tokens;
  return tokens.flatMap(token => termsAt(token).map((term): FieldToken => ({ term, position: token.position })));
}

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
