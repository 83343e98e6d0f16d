import type { Query } from '../query/query.js';
import type { Hit } from './backend.js';
import { type FieldHighlight, highlightDocument } from './highlight.js';
import { marksOf } from './query-marks.js';
import type { SearchRequest } from './request.js';
import type { IndexParts, Retrieved } from './retrieve.js';

/** Shows the passages of documents that the token side's query matches. */
export function* highlightHits(
  { tokens }: Pick<IndexParts, 'tokens'>,
  { read: { question }, prepared }: Pick<Retrieved, 'read' | 'prepared'>,
  { highlight = {} }: SearchRequest,
  hits: readonly Hit[],
): Generator<number, FieldHighlight[][]> {
  const query: Query = 'query' in question ? question.query : { bag: { text: question.text } };
  // stop words beside others would mark half of a text
  const asked = (text: string) => prepared.asked(text).filter(({ origin }) => origin !== 'stop word');
  const marks = marksOf(query, tokens.chains.analyzer(prepared.language()), asked);
  const { fields = tokens.fields } = highlight;
  const highlights: FieldHighlight[][] = [];
  for (const { document } of hits) {
    const options = {
      fields,
      texts: tokens.texts,
      analyzer: tokens.chains.analyzer(document.language),
      idf: prepared.idf,
    };
    highlights.push(yield* highlightDocument(document, marks, { ...highlight, ...options }));
  }
  return highlights;
}
