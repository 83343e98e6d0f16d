/** A part of a text that is to be marked, in UTF-16 units, with the terms that it stands for. */
export interface MarkedSpan {
  readonly start: number;
  readonly end: number;
  readonly terms: readonly string[];
}

/** A passage as it is written, and what is marked in it: [start, end) in its own units, in order and apart. */
export interface Fragment {
  readonly text: string;
  readonly spans: readonly (readonly [start: number, end: number])[];
}

/** A passage of a text with what it is worth. */
export interface Passage {
  readonly start: number;
  readonly end: number;
  /** sum of the weights of its distinct terms, in millionths */
  readonly worth: number;
}

export interface PassageOptions {
  /** passages at most */
  readonly count: number;
  /** units of a passage at most; a text that is no longer is one passage */
  readonly length: number;
  /** what a term counts, >= 0 */
  readonly weight: (term: string) => number;
}

/** Windows of spans that begin with each of them, with what they are worth: two ends that only go forward. */
function windowsOf(spans: readonly MarkedSpan[], { length, weight }: PassageOptions): Passage[] {
  const counts = new Map<string, number>();
  const windows: Passage[] = [];
  // whole numbers, so that a sum does not depend on the way to it
  const worthOf = (term: string): number => Math.round(weight(term) * 1e6);
  let worth = 0;
  const count = (span: MarkedSpan, by: 1 | -1): void => {
    for (const term of span.terms) {
      const before = counts.get(term) ?? 0;
      counts.set(term, before + by);
      if (before === (by === 1 ? 0 : 1)) worth += by * worthOf(term);
    }
  };
  let next = 0;
  for (let first = 0; first < spans.length; first++) {
    const { start } = spans[first];
    while (next < spans.length && spans[next].end - start <= length) count(spans[next++], 1);
    if (next === first) {
      next++; // longer than a passage may be
      continue;
    }
    windows.push({ start, end: spans[next - 1].end, worth });
    count(spans[first], -1);
  }
  return windows;
}

/** Starts of the segments of a piece, as places in the text. */
const startsOf = (segmenter: Intl.Segmenter, piece: string, from: number): number[] =>
  Array.from(segmenter.segment(piece), ({ index }) => from + index);

const isSpace = (text: string, at: number): boolean => /\s/.test(text[at]);

/** Cuts passages out of one text. */
interface Cutter {
  /** Widens a window to whole sentences, or else to whole words, between two limits. */
  widen(window: Passage, low: number, high: number): Passage;
}

function createCutter(text: string, length: number): Cutter {
  // a fixed locale: passages must not depend on the machine's own
  const sentences = new Intl.Segmenter('en', { granularity: 'sentence' });
  const words = new Intl.Segmenter('en', { granularity: 'word' });

  function startOf(window: Passage, low: number, sentenceStarts: number[], wordStarts: number[]): number {
    const whole = sentenceStarts.findLast(at => at <= window.start && (at > low || low === 0));
    if (whole !== undefined) return whole;
    const wanted = window.start - ((length - (window.end - window.start)) >> 1);
    return wordStarts.find(at => at >= wanted && at > low && at < window.start && !isSpace(text, at)) ?? window.start;
  }
  function endOf(window: Passage, limit: number, sentenceStarts: number[], wordStarts: number[]): number {
    if (limit === text.length) return limit;
    const within = (at: number): boolean => at >= window.end && at <= limit;
    return sentenceStarts.findLast(within) ?? wordStarts.findLast(within) ?? window.end;
  }
  return {
    widen(window, low, high) {
      const room = length - (window.end - window.start);
      const from = Math.max(low, window.start - room);
      const piece = text.slice(from, Math.min(high, window.end + room));
      const sentenceStarts = startsOf(sentences, piece, from);
      const wordStarts = startsOf(words, piece, from);
      let start = startOf(window, from, sentenceStarts, wordStarts);
      let end = endOf(window, Math.min(high, start + length), sentenceStarts, wordStarts);
      while (start < window.start && isSpace(text, start)) start++;
      while (end > window.end && isSpace(text, end - 1)) end--;
      return { ...window, start, end };
    },
  };
}

/** Moves the ends of a passage out of spans that they would cut. */
function keepSpansWhole(passage: Passage, spans: readonly MarkedSpan[]): Passage {
  const cut = (at: number): MarkedSpan | undefined => {
    const span = spans[firstEndingAfter(spans, at)];
    return span !== undefined && span.start < at ? span : undefined;
  };
  return {
    ...passage,
    start: cut(passage.start)?.end ?? passage.start,
    end: cut(passage.end)?.start ?? passage.end,
  };
}

/** Number of the first span that ends behind a place. @param spans  in order and apart */
function firstEndingAfter(spans: readonly MarkedSpan[], at: number): number {
  let [low, high] = [0, spans.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (spans[middle].end > at) high = middle;
    else low = middle + 1;
  }
  return low;
}

/**
 * The passages of a text that are worth most: by the sum of the weights of the distinct terms marked in them, the earlier one where they
 * are equal; apart from each other; of whole sentences where these fit, else of whole words. Time grows with the text and its spans alone.
 * @param spans  in order and apart; one that is longer than a passage may be is passed over where the text is longer too
 * @returns best first; none without spans
 */
export function bestPassages(text: string, spans: readonly MarkedSpan[], options: PassageOptions): Passage[] {
  if (spans.length === 0) return [];
  const { count, length } = options;
  if (text.length <= length) {
    const [{ worth }] = windowsOf(spans, options);
    return [{ start: 0, end: text.length, worth }];
  }
  const cutter = createCutter(text, length);
  const chosen: Passage[] = [];
  const windows = windowsOf(spans, options).sort((a, b) => b.worth - a.worth || a.start - b.start);
  for (const window of windows) {
    if (chosen.length === count) break;
    if (chosen.some(({ start, end }) => window.start < end && window.end > start)) continue;
    const low = Math.max(0, ...chosen.map(({ end }) => end).filter(end => end <= window.start));
    const high = Math.min(text.length, ...chosen.map(({ start }) => start).filter(start => start >= window.end));
    chosen.push(keepSpansWhole(cutter.widen(window, low, high), spans));
  }
  return chosen;
}

/** A passage as a text of its own, with the spans that lie in it. */
export function cutFragment(text: string, spans: readonly MarkedSpan[], { start, end }: Passage): Fragment {
  const within: [number, number][] = [];
  for (let i = firstEndingAfter(spans, start); i < spans.length && spans[i].end <= end; i++)
    if (spans[i].start >= start) within.push([spans[i].start - start, spans[i].end - start]);
  return { text: text.slice(start, end), spans: within };
}
