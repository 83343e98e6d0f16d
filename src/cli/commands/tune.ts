import { TandemError } from '../../errors/tandem-error.js';
import { type CommandContext, defineCommand, type OptionsOf, type Outcome } from '../command.js';
import { backendFlags, number, path, weightFlag, wholeNumbers } from '../flags.js';

const tuneFlags = {
  index: { value: 'INDEX', help: 'folder of the index, or its name in a cluster', schema: path },
  ...backendFlags,
  model: {
    value: 'DIR',
    help: 'with --backend opensearch: the model that the index was made with, which a weight or settings are found with',
    schema: path.optional(),
  },
  queries: {
    value: 'FILE',
    help: 'judged queries that the weight is tuned on, 10 or more; without them those that the model was validated on',
    schema: path.optional(),
  },
  qrels: { value: 'FILE', help: 'their judgements, or those of golden queries (TREC)', schema: path.optional() },
  weight: { ...weightFlag.weight, help: 'the weight itself, 0: tokens alone rank, 1: vectors alone' },
  golden: {
    value: 'FILE',
    help: 'golden queries (`tandem golden draw`): breadth and depth of searching are tuned on them in place of the weight',
    schema: path.optional(),
  },
  recall: {
    value: 'R',
    help: 'recall that the cheapest setting must reach, with --golden (default .98)',
    schema: number(0.5, 1).optional(),
  },
  ef: { value: 'N,...', help: 'breadths to try, with --golden', schema: wholeNumbers(1, 10_000).optional() },
  candidates: { value: 'N,...', help: 'candidates to try, with --golden', schema: wholeNumbers(1, 1_000).optional() },
  rankingDepth: {
    value: 'N,...',
    help: 'depths of the ranker to try, with --golden',
    schema: wholeNumbers(1, 1_000).optional(),
  },
  out: { value: 'REPORT', help: 'HTML report that is written, with --golden', writes: 'file', schema: path.optional() },
} as const;

export const tuneCommand = defineCommand({
  name: 'tune',
  summary:
    'Find or set how much vectors count beside tokens in an index, or how broadly it is searched, without making it again.',
  example: 'tandem tune --index out/index --queries judged.jsonl --qrels judged.trec',
  flags: tuneFlags,
  project: { lacks: ({ index }) => index === undefined, fills: ({ index }) => ({ index }) },
  run: async (options, context) => {
    const { index, queries, qrels, weight, golden, backend, url, model } = options;
    if (golden !== undefined) return tuneOnGolden({ ...options, golden }, context);
    refuseAlone(options);
    if ((queries === undefined) !== (qrels === undefined))
      throw new TandemError('usage/missing-option', '--queries and --qrels belong together: give both or neither');
    if (weight !== undefined && queries !== undefined)
      throw new TandemError('usage/bad-value', '--weight and --queries exclude each other: give a weight, or find one');
    const [{ tuneIndexAt }, { readJudged }, { formatFusion }] = await Promise.all([
      import('../../api/indexes/tune-index.js'),
      import('../../api/project/read-rows.js'),
      import('../format-fusion.js'),
    ]);
    const given =
      queries === undefined || qrels === undefined ? undefined : await readJudged({ queries, qrels }, context);
    const choice = { backend, url, model };
    const { before, fusionWeight, fusion } = await tuneIndexAt(index, { given, weight }, context, choice);
    const found = weight === undefined ? formatFusion(fusionWeight, fusion) : `fusion weight ${fusionWeight}`;
    return {
      json: { folder: index, fusionWeight, before, ...(fusion && { fusion }) },
      text: `${index}: ${found}\n  before: ${before}`,
    };
  },
});

const withGolden = ['recall', 'ef', 'candidates', 'rankingDepth', 'out'] as const;

/** @throws TandemError 'usage/missing-option' for a flag that says something of golden queries where there are none */
function refuseAlone(options: OptionsOf<typeof tuneFlags>): void {
  const given = withGolden.find(name => options[name] !== undefined);
  if (given === undefined) return;
  const flag = `--${given.replace(/[A-Z]/g, letter => `-${letter.toLowerCase()}`)}`;
  throw new TandemError('usage/missing-option', `${flag} goes with --golden: the queries that are asked`);
}

async function tuneOnGolden(
  {
    index,
    queries,
    weight,
    recall = 0.98,
    backend,
    url,
    model,
    ...options
  }: OptionsOf<typeof tuneFlags> & { readonly golden: string },
  context: CommandContext,
): Promise<Outcome> {
  if (queries !== undefined || weight !== undefined)
    throw new TandemError(
      'usage/bad-value',
      '--golden tunes how broadly an index is searched, --queries and --weight its weight: give one or the other',
    );
  if (backend === 'opensearch' && model === undefined)
    throw new TandemError(
      'usage/missing-option',
      '--model is missing: the model that the index was made with, which golden queries are embedded with',
      { flag: '--model' },
    );
  const [{ tuneSettings }, { formatTuned, tunedOutcome }] = await Promise.all([
    import('../../api/golden/tune-settings.js'),
    import('../format-golden.js'),
  ]);
  const tuned = await tuneSettings({ ...options, index, place: { backend, url, model }, recall }, context);
  if (!tuned.reached)
    context.warn(
      `${index}: no setting that was tried reaches a recall of ${recall}; the broadest was written. A broader --ef may, or a denser graph (\`indexing.hnsw.m\`)`,
    );
  const { out } = options;
  return {
    json: { folder: index, ...tunedOutcome(tuned), ...(out && { report: out }) },
    text: `${index}: ${formatTuned(tuned)}${out ? `\nreport: ${out}` : ''}`,
  };
}
