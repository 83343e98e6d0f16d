import { z } from 'zod';
import { documentsOf } from '../../api/project/project-sources.js';
import { readConfig } from '../../api/project/read-config.js';
import { TandemError } from '../../errors/tandem-error.js';
import { type CommandContext, defineCommand, type OptionsOf, type Outcome } from '../command.js';
import { configFlags, mapFlags, needed, path, tableFlags, textOf } from '../flags.js';

const flags = {
  language: {
    value: 'TAG',
    help: 'language of the text, BCP 47 (default en, or that of the index)',
    schema: z.string().optional(),
  },
  index: {
    value: 'INDEX',
    help: 'index whose own words and synonyms count; with --documents its fields and language too',
    schema: path.optional(),
  },
  documents: {
    value: 'FILE',
    help: 'documents in place of a text: they are written to --out with their terms (docs/analysis.md)',
    schema: path.optional(),
  },
  ...mapFlags,
  ...tableFlags,
  out: { value: 'FILE', help: 'file of JSON lines that is written', writes: 'file', schema: path.optional() },
  ...configFlags,
} as const;

export const analyzeCommand = defineCommand({
  name: 'analyze',
  summary: 'Show every step that turns a text into terms, or write documents with their terms.',
  example: 'tandem analyze "Garden hoses, 9x15" --language en',
  operands: ['[text...]'],
  flags,
  run: async (options, context, words) => {
    if (options.documents !== undefined) return analyzeFile(options, context, words);
    if (words.length === 0)
      throw new TandemError('usage/missing-option', 'the text is missing: what to analyse, or --documents FILE');
    const [{ analyzeText }, { formatSteps }] = await Promise.all([
      import('../../api/indexes/analyze-text.js'),
      import('../format-steps.js'),
    ]);
    const { language, steps } = await analyzeText(textOf(words), options);
    return { json: { language, steps }, text: formatSteps(steps) };
  },
});

async function analyzeFile(
  { documents: file, map, types, index, language, out, ...config }: OptionsOf<typeof flags>,
  context: CommandContext,
  words: readonly string[],
): Promise<Outcome> {
  if (words.length > 0)
    throw new TandemError('usage/bad-value', '--documents stands in place of a text: give one of them');
  if (language !== undefined)
    throw new TandemError(
      'usage/bad-value',
      '--language is that of a text; of documents it is --set indexing.language=TAG',
    );
  if (out === undefined)
    throw new TandemError('usage/missing-option', '--out is missing: the file of JSON lines that is written', {
      flag: '--out',
    });
  if (index !== undefined && (config.config ?? config.preset ?? config.set[0]) !== undefined)
    throw new TandemError(
      'usage/bad-value',
      '--index brings its own configuration: --config, --preset and --set do not go with it',
    );
  const source = needed(documentsOf(file, { map, types }, undefined), 'documents');
  const { indexing } = await readConfig(config);
  const { analyzeDocuments } = await import('../../api/indexes/analyze-documents.js');
  const made = await analyzeDocuments({ documents: source, out, index, indexing }, context);
  const left = made.leftOut === 0 ? '' : `, ${made.leftOut} fields of over 10,000 terms left as text`;
  return { json: { ...made }, text: `${made.out}: ${made.documents} documents with their terms${left}` };
}
