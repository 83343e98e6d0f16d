import { describe, expect, it } from 'vitest';
import { completeQuery } from '../../src/search/complete-query.js';
import type { WordSources } from '../../src/search/surface-words.js';
import { times, wordsOf } from './words.js';

const shop = wordsOf([
  ...times(100, 'light 1x1x1x led a-b wi-fi 1234567 running shoes'),
  ...times(60, "l'été 黑色连衣裙 กล้องสีดำ 한국어 c++ x y z 1 2 3"),
]);
shop.index.flush();

/** What a completion takes: documents read, units analysed, units of texts that are searched, beginnings looked up. */
function workOf(text: string, k: number): { read: number; analysed: number; searched: number; looked: number } {
  const work = { read: 0, analysed: 0, searched: 0, looked: 0 };
  const { tokens, store } = shop;
  const { words } = tokens;
  const counting: WordSources = {
    store: {
      getMany: ids => {
        work.read += ids.length;
        return store.getMany(ids);
      },
    },
    tokens: {
      ...tokens,
      chains: {
        ...tokens.chains,
        analyzer: language => {
          const analyzer = tokens.chains.analyzer(language);
          return {
            ...analyzer,
            analyze: of => {
              work.analysed += of.length;
              return analyzer.analyze(of);
            },
          };
        },
      },
      words: {
        ...words,
        written: {
          ...words.written,
          frequent: (key, most) => {
            work.looked++;
            expect(most).toBeLessThanOrEqual(k);
            return words.written.frequent(key, most);
          },
        },
      },
      prepare: question => {
        work.searched += 'text' in question ? question.text.length : 0;
        return tokens.prepare(question);
      },
    },
  };
  completeQuery(counting, { text, k });
  return work;
}

describe('the work of a completion', () => {
  const ways: string[] = [
    ...['1x', 'a-b', 'light ', 'the ', '1 x ', 'light/', "l'e", '1234567 ', 'ab', 'c+', '.', 'x', 'é'],
    ...['黑色连衣裙', 'กล้องสีดำ', '한국어 ', '🍕', 'wi-fi'],
  ];
  it.each(ways)('does not grow with the text: %j', way => {
    for (const k of [1, 10, 50]) {
      const text = way.repeat(4096).slice(0, 4096);
      for (const typed of [text, `${text.slice(0, 4095)}l`, `light ${text.slice(0, 4090)}`]) {
        const { read, analysed, searched, looked } = workOf(typed, k);
        // titles of 50 documents beside, and of 8 documents of each of 8 words
        expect(read).toBeLessThanOrEqual(50 + 8 * 8);
        expect(searched).toBeLessThanOrEqual(96);
        // five beginnings of one word, the words that each is completed to from titles and from the index
        expect(looked).toBeLessThanOrEqual(5);
        expect(analysed).toBeLessThanOrEqual(64 + 5 * (50 * 512 + k * 64));
      }
    }
  });
});
