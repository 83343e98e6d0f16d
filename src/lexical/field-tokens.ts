import type { DocumentRow, GivenToken } from '../config/rows.js';
import { type Analyzer, termsAt } from '../text/analyzer.js';
import { fieldTexts } from './field-texts.js';
import type { FieldToken } from './memory-segment.js';

/** Between the last position of one text of a field and the first of the next. */
const positionGap = 1000;

/**
 * The terms of a document's field in the order of their positions: those that the row gives under `tokens` as they are, or else those of its texts,
 * each word with its finer parts and its variants at its own position. No term comes twice at a position.
 * @param textsOf  the texts of a field, in their order
 */
export function fieldTokens(
  document: DocumentRow,
  field: string,
  analyzer: Analyzer,
  textsOf: (document: DocumentRow, field: string) => readonly string[] = fieldTexts,
): FieldToken[] {
  const given =
    document.tokens !== undefined && Object.hasOwn(document.tokens, field) ? document.tokens[field] : undefined;
  return given === undefined ? analysedTokens(textsOf(document, field), analyzer) : givenTokens(given);
}

/** The positions of a later text go on behind those of the one before, at a distance that no phrase bridges. */
function analysedTokens(texts: readonly string[], analyzer: Analyzer): FieldToken[] {
  if (texts.length === 1) return withParts(analyzer.analyze(texts[0]));
  const tokens: FieldToken[] = [];
  let from = 0;
  for (const text of texts) {
    for (const { term, position } of withParts(analyzer.analyze(text)))
      tokens.push({ term, position: from + position });
    from = (tokens.at(-1)?.position ?? 0) + positionGap;
  }
  return tokens;
}

function withParts(tokens: ReturnType<Analyzer['analyze']>): FieldToken[] {
  if (!tokens.some(({ parts, variants }) => parts !== undefined || variants !== undefined)) return tokens;
  return tokens.flatMap(token => termsAt(token).map((term): FieldToken => ({ term, position: token.position })));
}

/** A token without a position stands behind the one before it. */
function givenTokens(given: readonly GivenToken[]): FieldToken[] {
  const tokens: FieldToken[] = [];
  const atPosition = new Set<string>();
  let last = -1;
  for (const token of given) {
    const term = typeof token === 'string' ? token : token.term;
    const position = typeof token === 'string' ? last + 1 : (token.position ?? last + 1);
    if (position !== last) atPosition.clear();
    last = position;
    if (atPosition.has(term)) continue;
    atPosition.add(term);
    tokens.push({ term, position });
  }
  return tokens;
}
