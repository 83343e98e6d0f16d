import { z } from 'zod';
import { TandemError } from '../../src/errors/tandem-error.js';
import type { ParsedTokenizer, TokenizerFile } from './tokenizer-file.js';

/** One step of a normaliser or pre-tokeniser; a Sequence holds others. */
export interface Step {
  readonly type: string;
  readonly lowercase?: unknown;
  readonly split?: unknown;
}

const stepSchema = z.looseObject({
  type: z.string(),
  normalizers: z.array(z.unknown()).optional(),
  pretokenizers: z.array(z.unknown()).optional(),
});

/** The steps of a normaliser or pre-tokeniser in their order, sequences laid out flat. @throws TandemError 'model/damaged' */
export function stepsOf(spec: unknown): Step[] {
  if (spec === null || spec === undefined) return [];
  const step = stepSchema.safeParse(spec);
  if (!step.success) throw new TandemError('model/damaged', `tokenizer.json: ${JSON.stringify(spec)} is no step`);
  return (step.data.normalizers ?? step.data.pretokenizers)?.flatMap(stepsOf) ?? [step.data];
}

/** Steps that give the ids of the Hugging Face library, seen by comparing; kitoken leaves some others out or does them differently. */
const normalisers = [
  'BertNormalizer',
  'NFC',
  'NFD',
  'NFKC',
  'NFKD',
  'Lowercase',
  'StripAccents',
  'Replace',
  'Precompiled',
];
const preTokenisers: Readonly<Record<string, readonly string[]>> = {
  WordPiece: ['BertPreTokenizer', 'Whitespace', 'Digits'],
  Unigram: ['WhitespaceSplit', 'Metaspace'],
};

const unsupported = (why: string): TandemError =>
  new TandemError('model/unsupported-tokenizer', `tokenizer.json: ${why}`);

/**
 * Refuses what would not give the ids that the encoder was trained with.
 * @throws TandemError 'model/unsupported-tokenizer', naming the part
 */
export function checkImportedFile({ file, normaliser, preTokeniser }: ParsedTokenizer): void {
  const known = preTokenisers[file.model.type];
  if (known === undefined) throw unsupported(`the model ${file.model.type} is not read, WordPiece and Unigram are`);
  for (const { type } of stepsOf(normaliser)) {
    if (!normalisers.includes(type)) throw unsupported(`the normalizer ${type} is not known`);
  }
  const steps = stepsOf(preTokeniser);
  for (const { type, split } of steps) {
    if (!known.includes(type)) throw unsupported(`the pre_tokenizer ${type} is not known beside ${file.model.type}`);
    if (split === false) throw unsupported('the pre_tokenizer Metaspace does not split');
  }
  // a long text is encoded in parts, which only words that are encoded on their own allow
  if (!steps.some(({ type }) => ['BertPreTokenizer', 'Whitespace', 'Metaspace'].includes(type)))
    throw unsupported('no pre_tokenizer splits the text into words');
  checkAddedTokens(file);
}

/** Pieces by their id, and the first id that none has. */
function piecesOf({ model: { vocab } }: TokenizerFile): { pieces: Map<number, unknown>; next: number } {
  const entries: [number, unknown][] = Array.isArray(vocab)
    ? vocab.map((entry, id) => [id, Array.isArray(entry) ? entry[0] : undefined])
    : Object.entries(vocab).map(([piece, id]) => [Number(id), piece]);
  return { pieces: new Map(entries), next: entries.length };
}

/** Added words that are cut out of the text as they stand; special tokens are never read in a text, so theirs may be of any form. */
const plainWord = /^[^\s#]+$/u;

function checkAddedTokens(file: TokenizerFile): void {
  const { pieces, next } = piecesOf(file);
  let expected = next;
  for (const token of [...file.added_tokens].sort((a, b) => a.id - b.id)) {
    const { id, content, special } = token;
    const name = `the added token ${JSON.stringify(content)}`;
    // the library gives a token that is no piece the next id, whatever the file says
    if (pieces.has(id) ? pieces.get(id) !== content : id !== expected)
      throw unsupported(`${name} has the id ${id}, ${pieces.has(id) ? 'which another piece has' : `not ${expected}`}`);
    if (!pieces.has(id)) expected++;
    const options = (['single_word', 'lstrip', 'rstrip', 'normalized'] as const).filter(key => token[key]);
    if (special !== false || (options.length === 0 && !pieces.has(id) && plainWord.test(content))) continue;
    const what = pieces.has(id) ? 'a piece too' : options.join(' and ') || 'no plain word';
    throw unsupported(`${name} is ${what}: such are not read`);
  }
}

/**
 * The file as it says what the vocabulary is. `padding` and `truncation` are how it was run last, and would be obeyed; special tokens are
 * put around a text elsewhere.
 * @param json  content of a tokenizer.json
 */
export function withoutRunSettings(json: Uint8Array): Uint8Array {
  const content: unknown = JSON.parse(new TextDecoder().decode(json));
  return new TextEncoder().encode(
    JSON.stringify({ ...Object(content), padding: null, truncation: null, post_processor: null }),
  );
}
