import { describe, expect, it } from 'vitest';
import { loadTokenizer } from '../../../models/tokenizer/tokenizer.js';
import { windowsOf } from '../../../training/pretraining/token-windows.js';
import { translationSequence } from '../../../training/pretraining/translation-lm.js';
import { bertTokenizer } from '../../models/tokenizer/bert-tokenizer.js';
import { vocabularyOf } from './vocabulary.js';

const words = ['red', 'garden', 'hose', 'long', 'roter', 'schlauch'];
const idsOf = (sequences: readonly { readonly ids: Int32Array }[]): number[][] => sequences.map(({ ids }) => [...ids]);

describe('windowsOf', () => {
  it('cuts a long text into windows of equal length, each with the start token and positions from 0', async () => {
    const tokenizer = await vocabularyOf(words);
    // 7 tokens, 3 beside <s> in a window of 4: three windows of 2, 3 and 2
    const windows = windowsOf(tokenizer, 'red garden hose red garden hose long', 4);
    expect(idsOf(windows)).toEqual([
      [2, 5, 6],
      [2, 7, 5, 6],
      [2, 7, 8],
    ]);
    expect(windows.map(({ positions }) => [...positions])).toEqual([
      [0, 1, 2],
      [0, 1, 2, 3],
      [0, 1, 2],
    ]);
  });

  it('leaves a text that fits whole, and frames it as its encoder was trained', async () => {
    const tokenizer = await loadTokenizer(JSON.stringify(bertTokenizer(words)));
    expect(idsOf(windowsOf(tokenizer, 'red garden hose', 8))).toEqual([[2, 5, 6, 7, 3]]);
    expect([...tokenizer.specialIds].sort()).toEqual([0, 1, 2, 3, 4]);
    expect(tokenizer.frame).toEqual({ before: [2], after: [3] });
  });

  it('leaves out what says nothing: less than two tokens, unknown ones not counted', async () => {
    const tokenizer = await vocabularyOf(words);
    for (const text of ['', ' ', 'red', 'red Ж', 'Ж Щ Ю']) expect(windowsOf(tokenizer, text, 8)).toEqual([]);
    expect(windowsOf(tokenizer, 'red Ж hose', 8)).toHaveLength(1);
  });
});

describe('translationSequence', () => {
  it('puts one side behind the other, each framed, and starts the positions of the target again from 0', async () => {
    const tokenizer = await vocabularyOf(words);
    const { ids, positions } = translationSequence(tokenizer, 'red garden hose', 'roter schlauch', 8)!;
    expect([...ids]).toEqual([2, 5, 6, 7, 2, 9, 10]);
    expect([...positions]).toEqual([0, 1, 2, 3, 0, 1, 2]);
  });

  it('has both special tokens of a BERT on both sides', async () => {
    const tokenizer = await loadTokenizer(JSON.stringify(bertTokenizer(words)));
    const { ids, positions } = translationSequence(tokenizer, 'red hose', 'roter schlauch', 8)!;
    expect([...ids]).toEqual([2, 5, 7, 3, 2, 9, 10, 3]);
    expect([...positions]).toEqual([0, 1, 2, 3, 0, 1, 2, 3]);
  });

  it('cuts each side to the window, and leaves out what has an empty side', async () => {
    const tokenizer = await vocabularyOf(words);
    const cut = translationSequence(tokenizer, 'red red red red red', 'schlauch', 3)!;
    expect([...cut.ids]).toEqual([2, 5, 5, 2, 10]);
    expect(translationSequence(tokenizer, 'red hose', ' ', 8)).toBeUndefined();
    // both sides together: one token of text
    expect(translationSequence(tokenizer, 'red', 'Ж', 8)).toBeUndefined();
  });
});
