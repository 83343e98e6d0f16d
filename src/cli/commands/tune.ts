import { TandemError } from '../../errors/tandem-error.js';
import { defineCommand } from '../command.js';
import { path, weightFlag } from '../flags.js';

export const tuneCommand = defineCommand({
  name: 'tune',
  summary: 'Find or set how much vectors count beside tokens in an index, without making it again.',
  example: 'tandem tune --index out/index --queries judged.jsonl --qrels judged.trec',
  flags: {
    index: { value: 'INDEX', help: 'folder of the index', schema: path },
    queries: {
      value: 'FILE',
      help: 'judged queries that the weight is tuned on, 10 or more; without them those that the model was validated on',
      schema: path.optional(),
    },
    qrels: { value: 'FILE', help: 'their judgements (TREC)', schema: path.optional() },
    weight: { ...weightFlag.weight, help: 'the weight itself, 0: tokens alone rank, 1: vectors alone' },
  },
  project: { lacks: ({ index }) => index === undefined, fills: ({ index }) => ({ index }) },
  run: async ({ index, queries, qrels, weight }, context) => {
    if ((queries === undefined) !== (qrels === undefined))
      throw new TandemError('usage/missing-option', '--queries and --qrels belong together: give both or neither');
    if (weight !== undefined && queries !== undefined)
      throw new TandemError('usage/bad-value', '--weight and --queries exclude each other: give a weight, or find one');
    const [{ tuneIndexFolder }, { readJudged }, { formatFusion }] = await Promise.all([
      import('../../api/indexes/tune-weight.js'),
      import('../../api/project/read-rows.js'),
      import('../format-fusion.js'),
    ]);
    const given =
      queries === undefined || qrels === undefined ? undefined : await readJudged({ queries, qrels }, context);
    const { before, manifest, fusion } = await tuneIndexFolder(index, { given, weight }, context);
    const { fusionWeight } = manifest.indexing;
    const found = weight === undefined ? formatFusion(fusionWeight, fusion) : `fusion weight ${fusionWeight}`;
    return {
      json: { folder: index, fusionWeight, before, ...(fusion && { fusion }) },
      text: `${index}: ${found}\n  before: ${before}`,
    };
  },
});
