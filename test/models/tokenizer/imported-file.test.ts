import tokenizers from 'tokenizers';
import { describe, expect, it } from 'vitest';
import { loadTokenizer } from '../../../models/tokenizer/tokenizer.js';
import { bertTokenizer, specialToken } from './bert-tokenizer.js';
import { oddTexts, sentences } from './texts.js';

const everything = 1_000_000;
const words = ['garden', 'hose', '##s', 'a', '-', '.', '##x', '自', 'über', 'uber', 'i', '##stanbul', '１', '1', '##2'];
const special = ['<s>', '<pad>', '</s>', '<unk>'];

type Content = Record<string, unknown>;

const wordPiece = (changes: Content = {}): Content => ({ ...bertTokenizer(words), ...changes });
const marks = (more: Content = {}): Content => ({
  type: 'Metaspace',
  replacement: '▁',
  prepend_scheme: 'always',
  ...more,
});
const unigram = (changes: Content = {}): Content => ({
  version: '1.0',
  truncation: null,
  padding: null,
  added_tokens: special.map(specialToken),
  normalizer: { type: 'NFKC' },
  pre_tokenizer: marks(),
  post_processor: {
    type: 'RobertaProcessing',
    sep: ['</s>', 2],
    cls: ['<s>', 0],
    trim_offsets: true,
    add_prefix_space: true,
  },
  decoder: null,
  model: {
    type: 'Unigram',
    unk_id: 3,
    byte_fallback: false,
    vocab: [...special, '▁garden', '▁hose', '▁', 's', 'a', 'h', 'o', 'e', '自'].map((each, i) => [each, -i / 7]),
  },
  ...changes,
});

const bertNormaliser = (changes: Content): Content => ({
  normalizer: {
    type: 'BertNormalizer',
    clean_text: true,
    handle_chinese_chars: true,
    strip_accents: null,
    lowercase: true,
    ...changes,
  },
});
const sequence = (...normalizers: Content[]): Content => ({ normalizer: { type: 'Sequence', normalizers } });
const split = (...pretokenizers: Content[]): Content => ({ pre_tokenizer: { type: 'Sequence', pretokenizers } });
const fixed = (size: number): Content => ({
  padding: {
    strategy: { Fixed: size },
    direction: 'Right',
    pad_to_multiple_of: null,
    pad_id: 0,
    pad_type_id: 0,
    pad_token: '[PAD]',
  },
  truncation: { max_length: 4, strategy: 'LongestFirst', stride: 0, direction: 'Right' },
});
const added = (id: number, content: string, more: Content = {}): object => ({
  ...specialToken(content, id),
  special: false,
  ...more,
});
/** ids of the WordPiece vocabulary: the five special tokens, then the words */
const idOf = (word: string): number => 5 + words.indexOf(word);
const next = 5 + words.length;
const withAdded = (...tokens: object[]): Content =>
  wordPiece({ added_tokens: [...(bertTokenizer(words) as { added_tokens: object[] }).added_tokens, ...tokens] });

const read: readonly [string, Content][] = [
  ['padded to a fixed size and cut', wordPiece(fixed(16))],
  ['padded, of the XLM-R family', unigram(fixed(16))],
  ['padded on the left to a multiple', wordPiece({ padding: { ...(fixed(8).padding as Content), direction: 'Left' } })],
  ['with case', wordPiece(bertNormaliser({ lowercase: false }))],
  ['with case, without accents', wordPiece(bertNormaliser({ lowercase: false, strip_accents: true }))],
  ['with accents', wordPiece(bertNormaliser({ strip_accents: false }))],
  ['ideographs in one word', wordPiece(bertNormaliser({ handle_chinese_chars: false }))],
  ['control characters left', wordPiece(bertNormaliser({ clean_text: false }))],
  ['normalised in a sequence', wordPiece(sequence({ type: 'NFKC' }, { type: 'Lowercase' }))],
  ['accents by decomposition', wordPiece(sequence({ type: 'NFD' }, { type: 'Lowercase' }, { type: 'StripAccents' }))],
  ['words by a pattern', wordPiece({ pre_tokenizer: { type: 'Whitespace' } })],
  ['digits alone', wordPiece(split({ type: 'BertPreTokenizer' }, { type: 'Digits', individual_digits: true }))],
  ['without special tokens around', wordPiece({ post_processor: null })],
  ['short words alone', wordPiece({ model: { ...(wordPiece().model as Content), max_input_chars_per_word: 5 } })],
  ['an added word behind the pieces', withAdded(added(next, 'steel'))],
  ['split at whitespace first', unigram(split({ type: 'WhitespaceSplit' }, marks()))],
  ['the mark of a first word', unigram({ pre_tokenizer: marks({ prepend_scheme: 'first' }) })],
  ['bytes of what is unknown', unigram({ model: { ...(unigram().model as Content), byte_fallback: true } })],
];

describe('the tokenizer.json of an imported encoder', () => {
  it.each(read)('gives the ids of the Hugging Face library without padding: %s', async (_, content) => {
    const reference = tokenizers.Tokenizer.fromString(JSON.stringify({ ...content, padding: null, truncation: null }));
    const own = await loadTokenizer(JSON.stringify(content));
    const texts = [
      ...sentences,
      ...sentences.map(text => text.toUpperCase()),
      ...oddTexts,
      'a steel garden-hoses İ 12',
    ];
    // with whitespace split first, kitoken reads a word mark that somebody typed another way
    const splits = JSON.stringify(content).includes('WhitespaceSplit');
    for (const text of texts.filter(each => !(splits && each.includes('▁')))) {
      const ids = (await reference.encode(text.toWellFormed())).getIds();
      expect([...own.encode(text, everything)], JSON.stringify(text.slice(0, 40))).toEqual(ids);
    }
  });

  const refused: readonly [string, Content, string][] = [
    ['bytes of BPE', wordPiece({ model: { type: 'BPE', vocab: {}, merges: [] } }), 'BPE'],
    ['a normaliser that strips', wordPiece(sequence({ type: 'Strip' })), 'Strip'],
    ['a normaliser of machine translation', unigram({ normalizer: { type: 'Nmt' } }), 'Nmt'],
    ['words by whitespace alone', wordPiece({ pre_tokenizer: { type: 'WhitespaceSplit' } }), 'WhitespaceSplit'],
    ['a whole text as one word', wordPiece({ pre_tokenizer: null }), 'no pre_tokenizer'],
    ['marks that do not split', unigram({ pre_tokenizer: marks({ split: false }) }), 'does not split'],
    ['an added word at the place of a piece', withAdded(added(idOf('garden'), 'steel')), 'which another piece has'],
    ['a piece that is an added word', withAdded(added(idOf('hose'), 'hose')), 'a piece too'],
    ['an added word beyond a gap', withAdded(added(next + 7, 'steel')), `not ${next}`],
    ['an added word on its own', withAdded(added(next, 'steel', { single_word: true })), 'single_word'],
    ['an added word after normalising', withAdded(added(next, 'steel', { normalized: true })), 'normalized'],
    ['an added word with a space', withAdded(added(next, 'steel hose')), 'no plain word'],
    [
      'another type of token',
      wordPiece({
        post_processor: {
          type: 'TemplateProcessing',
          single: [{ Sequence: { id: 'A', type_id: 1 } }],
          special_tokens: {},
        },
      }),
      'type_id',
    ],
  ];
  it.each(refused)('is refused by name: %s', async (_, content, name) => {
    const refusal = { code: 'model/unsupported-tokenizer', message: expect.stringContaining(name) };
    await expect(loadTokenizer(JSON.stringify(content))).rejects.toMatchObject(refusal);
  });

  it('with a step that is none is damaged', async () => {
    const content = wordPiece({ normalizer: { type: 'Sequence', normalizers: [7] } });
    await expect(loadTokenizer(JSON.stringify(content))).rejects.toMatchObject({ code: 'model/damaged' });
  });
});
