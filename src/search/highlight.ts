import type { DocumentRow } from '../config/rows.js';
import { TandemError } from '../errors/tandem-error.js';
import type { FieldText } from '../lexical/attribute-texts.js';
import { type Analyzer, analysedPart } from '../text/analyzer.js';
import { bestPassages, cutFragment, type Fragment, type MarkedSpan } from '../text/fragments.js';
import { stretchEnd } from '../text/stretches.js';
import { type Mark, markSpans, phraseWork } from './query-marks.js';

export interface HighlightOptions {
  /** fields to look in, in the order of the answer */
  readonly fields: readonly string[];
  /** the texts of a field of the document; attributes that are searched together are shown each under its own path */
  readonly texts: (document: DocumentRow, field: string) => readonly FieldText[];
  /** of the document's language */
  readonly analyzer: Analyzer;
  /** what a term counts where passages are chosen, >= 0; unknown terms too */
  readonly idf: (term: string) => number;
  /** fragments of a field at most, 1..20; 3 when absent */
  readonly fragments?: number;
  /** units of a fragment at most, 20..10000; 160 when absent */
  readonly length?: number;
}

/** What a query matches in a field, best fragment first. */
export interface FieldHighlight {
  readonly field: string;
  readonly fragments: readonly Fragment[];
}

const defaults = { fragments: 3, length: 160 };

function checkBetween(name: string, value: number, least: number, most: number): void {
  if (Number.isInteger(value) && value >= least && value <= most) return;
  const message = `highlight.${name}: it must be a whole number in [${least}, ${most}], got ${value}`;
  throw new TandemError('request/invalid', message);
}

const marksField = (mark: Mark, field: string): boolean => mark.fields === undefined || mark.fields.includes(field);

/**
 * The passages of a document that show why a query finds it. Spans are offsets in the text as it is written, taken from the tokens of the
 * analysis chain, so that stemmed, folded and normalised words are marked as they stand there.
 * @param marks  of the query, see marksOf
 * @yields the characters that were looked at since it last did
 * @returns a field is left out where nothing in it is marked
 * @throws TandemError 'request/invalid' for options out of their bounds
 */
export function* highlightDocument(
  document: DocumentRow,
  marks: readonly Mark[],
  options: HighlightOptions,
): Generator<number, FieldHighlight[]> {
  const { fragments: count, length } = { ...defaults, ...options };
  checkBetween('fragments', count, 1, 20);
  checkBetween('length', length, 20, 10_000);
  const highlights: FieldHighlight[] = [];
  for (const field of new Set(options.fields)) {
    const wanted = marks.filter(mark => marksField(mark, field));
    if (wanted.length === 0) continue;
    for (const [path, texts] of textsByPath(options.texts(document, field))) {
      const found = yield* fieldFragments(texts, wanted, count, length, options);
      if (found.length > 0) highlights.push({ field: path, fragments: found });
    }
  }
  return highlights;
}

function textsByPath(texts: readonly FieldText[]): Map<string, string[]> {
  const byPath = new Map<string, string[]>();
  for (const { path, text } of texts) {
    const known = byPath.get(path);
    if (known === undefined) byPath.set(path, [text]);
    else known.push(text);
  }
  return byPath;
}

/** The best fragments of all texts of a field, best first, ties in their order. */
function* fieldFragments(
  texts: readonly string[],
  marks: readonly Mark[],
  count: number,
  length: number,
  { analyzer, idf }: HighlightOptions,
): Generator<number, Fragment[]> {
  const found = [];
  for (const text of texts) {
    const spans = yield* spansOf(text, marks, length, analyzer);
    const passages = bestPassages(text, spans, { count, length, weight: idf });
    if (text.length > length) yield passages.length * length;
    found.push(...passages.map(passage => ({ text, spans, passage })));
  }
  return found
    .sort((a, b) => b.passage.worth - a.passage.worth)
    .slice(0, count)
    .map(({ text, spans, passage }) => cutFragment(text, spans, passage));
}

/** Units of work that a mark takes in a text, about. */
const markWork = 8;

/** The spans of the part of a text that is analysed, stretch by stretch, as it was; a phrase across the end of a stretch is not marked. */
function* spansOf(
  whole: string,
  marks: readonly Mark[],
  length: number,
  analyzer: Analyzer,
): Generator<number, MarkedSpan[]> {
  const work = phraseWork();
  const looks = markWork * marks.length;
  const spans: MarkedSpan[] = [];
  const text = analysedPart(whole);
  for (let from = 0; from < text.length; ) {
    const to = stretchEnd(text, from);
    for (const { start, end, terms } of markSpans(analyzer.analyze(text.slice(from, to)), marks, length, work))
      spans.push({ start: from + start, end: from + end, terms });
    yield to - from + looks;
    from = to;
  }
  return spans;
}
