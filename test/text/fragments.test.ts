import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bestPassages, cutFragment, type MarkedSpan, type Passage } from '../../src/text/fragments.js';

/** Marks every occurrence of the given words. */
function mark(text: string, ...words: string[]): MarkedSpan[] {
  const found = words.flatMap(word =>
    [...text.matchAll(new RegExp(`\\b${word}\\b`, 'g'))].map(({ index }) => ({
      start: index,
      end: index + word.length,
      terms: [word],
    })),
  );
  return found.sort((a, b) => a.start - b.start);
}
const weight = (term: string): number => ({ rare: 5, fair: 2 })[term] ?? 1;
const textsOf = (text: string, spans: readonly MarkedSpan[], count: number, length: number): string[] =>
  bestPassages(text, spans, { count, length, weight }).map(passage => cutFragment(text, spans, passage).text);

describe('bestPassages', () => {
  it('takes a short text whole, its terms counted once each', () => {
    const text = 'a rare fair, a rare find';
    const spans = mark(text, 'rare', 'fair');
    expect(bestPassages(text, spans, { count: 3, length: 24, weight })).toEqual([{ start: 0, end: 24, worth: 7e6 }]);
    expect(bestPassages(text, [], { count: 3, length: 24, weight })).toEqual([]);
  });

  it('takes the sentences whose distinct terms weigh most, best first', () => {
    const text =
      'The fair was fair. Nothing here to see at all. One rare thing. And now the end of it. A rare fair is here.';
    const spans = mark(text, 'rare', 'fair');
    // 7 = rare + fair, 5 = rare, 2 = fair however often
    expect(textsOf(text, spans, 3, 30)).toEqual(['A rare fair is here.', 'One rare thing.', 'The fair was fair.']);
    expect(textsOf(text, spans, 1, 30)).toEqual(['A rare fair is here.']);
  });

  it('cuts between words where a sentence is too long, and never inside a span', () => {
    const text = `${'alpha beta '.repeat(20)}rare ${'gamma delta '.repeat(20)}`;
    const [fragment] = textsOf(text, mark(text, 'rare'), 1, 40);
    // 36 units are left beside the word: at most 18 before it
    expect(fragment).toBe('beta alpha beta rare gamma delta gamma');
    const split = mark(text, 'rare', 'gamma');
    for (let length = 20; length < 60; length++) {
      for (const passage of bestPassages(text, split, { count: 4, length, weight })) {
        const cut = split.filter(({ start, end }) => [passage.start, passage.end].some(at => start < at && at < end));
        expect(cut).toEqual([]);
      }
    }
  });

  it('finds sentences and words of languages without spaces', () => {
    const text = `${'今日は天気がいいですね。'.repeat(30)}庭で水を撒きます。${'明日も晴れるでしょう。'.repeat(30)}`;
    const start = text.indexOf('水');
    const spans = [{ start, end: start + 1, terms: ['水'] }];
    expect(textsOf(text, spans, 1, 25)).toEqual(['庭で水を撒きます。明日も晴れるでしょう。']);
  });

  it('is worth as much as the best window that a naive search finds, and its passages are in bounds and apart', () => {
    const word = fc.constantFrom('rare', 'fair', 'plain', 'x', 'longer words', 'stop. Then', '\u{1f600}');
    fc.assert(
      fc.property(fc.array(word, { maxLength: 60 }), fc.integer({ min: 20, max: 80 }), (words, length) => {
        const text = words.join(' ');
        const spans = mark(text, 'rare', 'fair', 'plain');
        const passages = bestPassages(text, spans, { count: 3, length, weight });
        expect(passages.length > 0).toBe(spans.length > 0);
        for (const { start, end } of passages) {
          expect(start >= 0 && end <= text.length && end - start <= length).toBe(true);
          expect(/[\udc00-\udfff]/.test(text[start]) || /[\ud800-\udbff]/.test(text[end - 1])).toBe(false);
          const { spans: within, text: cut } = cutFragment(text, spans, { start, end, worth: 0 });
          expect(within.length).toBeGreaterThan(0);
          for (const [from, to] of within) expect(['rare', 'fair', 'plain']).toContain(cut.slice(from, to));
        }
        const inOrder = [...passages].sort((a, b) => a.start - b.start);
        for (let i = 1; i < inOrder.length; i++) expect(inOrder[i].start).toBeGreaterThanOrEqual(inOrder[i - 1].end);
        if (spans.length > 0) expect(passages[0].worth).toBe(naiveBest(spans, length));
      }),
    );
  });
});

/** Every window, summed anew. */
function naiveBest(spans: readonly MarkedSpan[], length: number): number {
  const worths = spans.map(({ start }) => {
    const within = spans.filter(span => span.start >= start && span.end <= start + length);
    return [...new Set(within.flatMap(({ terms }) => terms))].reduce((sum, term) => sum + weight(term) * 1e6, 0);
  });
  return Math.max(...worths);
}

describe('cutFragment', () => {
  const passage = (start: number, end: number): Passage => ({ start, end, worth: 0 });

  it('moves spans into the fragment and leaves out those that reach out of it', () => {
    const text = 'red hammer, red nail';
    const spans = mark(text, 'red', 'nail');
    expect(cutFragment(text, spans, passage(4, 20))).toEqual({
      text: 'hammer, red nail',
      spans: [
        [8, 11],
        [12, 16],
      ],
    });
    expect(cutFragment(text, spans, passage(1, 14)).spans).toEqual([]);
  });
});
