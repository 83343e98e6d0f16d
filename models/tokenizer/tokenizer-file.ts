import { z } from 'zod';
import { TandemError } from '../../src/errors/tandem-error.js';

const named = z.object({ type: z.string() });
const addedToken = z.object({
  id: z.int().min(0),
  content: z.string(),
  special: z.boolean().optional(),
  single_word: z.boolean().optional(),
  lstrip: z.boolean().optional(),
  rstrip: z.boolean().optional(),
  normalized: z.boolean().optional(),
});
const templateId = z.object({ id: z.string(), type_id: z.int().optional() });
const templatePart = z.union([z.object({ SpecialToken: templateId }), z.object({ Sequence: templateId })]);

const template = z.object({
  type: z.literal('TemplateProcessing'),
  single: z.array(templatePart),
  special_tokens: z.record(z.string(), z.object({ ids: z.array(z.int().min(0)) })),
});
const clsAndSep = z.object({
  type: z.enum(['BertProcessing', 'RobertaProcessing']),
  cls: z.tuple([z.string(), z.int().min(0)]),
  sep: z.tuple([z.string(), z.int().min(0)]),
});

/** What this runtime reads of a tokenizer.json; the rest is the library's own. */
const tokenizerFileSchema = z.object({
  added_tokens: z.array(addedToken),
  normalizer: named.nullable(),
  pre_tokenizer: named.nullable(),
  padding: z.object({ pad_id: z.int().min(0) }).nullish(),
  post_processor: z.union([template, clsAndSep, named]).nullable(),
  model: z.object({
    type: z.string(),
    unk_id: z.int().min(0).nullish(),
    byte_fallback: z.boolean().nullish(),
    vocab: z.union([z.array(z.unknown()), z.record(z.string(), z.unknown())]),
  }),
});

export type TokenizerFile = Readonly<z.infer<typeof tokenizerFileSchema>>;

/** A file with its normaliser and pre-tokeniser as they stand: these are compared whole. */
export interface ParsedTokenizer {
  readonly file: TokenizerFile;
  readonly normaliser: unknown;
  readonly preTokeniser: unknown;
}

/** @throws TandemError 'model/damaged' when the text is not a tokenizer.json */
export function parseTokenizerFile(text: string): ParsedTokenizer {
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch (error) {
    throw new TandemError('model/damaged', `tokenizer.json: ${(error as Error).message}`, {}, { cause: error });
  }
  const parsed = tokenizerFileSchema.safeParse(content);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    throw new TandemError('model/damaged', `tokenizer.json: ${issue.path.join('.') || 'the file'}: ${issue.message}`);
  }
  const raw = content as { normalizer: unknown; pre_tokenizer: unknown };
  return { file: parsed.data, normaliser: raw.normalizer, preTokeniser: raw.pre_tokenizer };
}

/** Ids before and after the text of a single sequence. */
export interface Frame {
  readonly before: readonly number[];
  readonly after: readonly number[];
}

/** @throws TandemError 'model/unsupported-tokenizer' for a post-processor of another kind */
export function frameOf({ post_processor: processor }: TokenizerFile): Frame {
  if (processor === null) return { before: [], after: [] };
  if ('cls' in processor) return { before: [processor.cls[1]], after: [processor.sep[1]] };
  const at = 'single' in processor ? processor.single.findIndex(part => 'Sequence' in part) : -1;
  if (!('single' in processor) || at < 0) {
    throw new TandemError(
      'model/unsupported-tokenizer',
      `tokenizer.json: the post-processor ${processor.type} is not known`,
    );
  }
  // towers know one token type, that of a single text
  if (processor.single.some(part => ('Sequence' in part ? part.Sequence : part.SpecialToken).type_id)) {
    throw new TandemError(
      'model/unsupported-tokenizer',
      'tokenizer.json: the post-processor gives another type_id than 0',
    );
  }
  const idsOf = (parts: typeof processor.single): number[] =>
    parts.flatMap(part => ('SpecialToken' in part ? (processor.special_tokens[part.SpecialToken.id]?.ids ?? []) : []));
  return { before: idsOf(processor.single.slice(0, at)), after: idsOf(processor.single.slice(at + 1)) };
}

/** Id of the first of these added tokens that the file has. */
export const addedId = (file: TokenizerFile, contents: readonly string[]): number | undefined =>
  file.added_tokens.find(token => contents.includes(token.content))?.id;

/** Ids that stand for no text; added words, which do, are not among them. */
export function specialIdsOf({ added_tokens, model }: TokenizerFile): Set<number> {
  const ids = new Set(added_tokens.filter(({ special }) => special !== false).map(({ id }) => id));
  return typeof model.unk_id === 'number' ? ids.add(model.unk_id) : ids;
}

/** One above the greatest id, added tokens included: the rows of an embedding table. */
export function sizeOf({ model, added_tokens }: TokenizerFile): number {
  let size = added_tokens.reduce((most, token) => Math.max(most, token.id + 1), 0);
  if (Array.isArray(model.vocab)) return Math.max(size, model.vocab.length);
  for (const id of Object.values(model.vocab)) if (typeof id === 'number' && id >= size) size = id + 1;
  return size;
}
