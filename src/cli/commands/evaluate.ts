import { TandemError } from '../../errors/tandem-error.js';
import { type CommandContext, defineCommand, type OptionsOf, type Outcome } from '../command.js';
import { modeFlag, number, path, paths, searchedBackendFlags, switched, wholeNumber } from '../flags.js';

/** The figure that runs are compared by. */
const figure = 'nDCG@10';

export const evaluateCommand = defineCommand({
  name: 'evaluate',
  summary:
    'Measure runs, or an index in each mode, by judgements; several are compared by a paired randomisation test.',
  example:
    'tandem evaluate --qrels out/data/qrels.test.trec --index out/index --queries out/data/queries.test.jsonl --out out/report.html',
  flags: {
    qrels: { value: 'FILE', help: 'judgements (TREC)', schema: path.optional() },
    run: { value: 'RUN', repeat: true, help: 'run file (TREC); may be repeated', schema: paths },
    index: { value: 'INDEX', help: 'index to measure, with --queries', schema: path.optional() },
    ...searchedBackendFlags,
    queries: { value: 'FILE', help: 'queries: id, text, country?', schema: path.optional() },
    golden: {
      value: 'FILE',
      help: 'golden queries (`tandem golden draw`): recall of --index at its settings, and drift of their results, in place of the judged figures',
      schema: path.optional(),
    },
    recall: {
      value: 'R',
      help: 'recall under which --golden fails (default: that of the last `tandem tune --golden`, or .98)',
      schema: number(0, 1).optional(),
    },
    ...modeFlag,
    relevanceLevel: {
      value: 'N',
      help: 'least gain that counts as relevant (default 1)',
      schema: wholeNumber(1, 1_000_000).prefault('1'),
    },
    condensed: { help: 'also with unjudged documents dropped', schema: switched },
    slices: { value: 'FILE', help: 'JSON: query id -> { slice name: value }', schema: path.optional() },
    out: { value: 'REPORT', help: 'HTML report that is written', writes: 'file', schema: path.optional() },
    seed: {
      value: 'N',
      help: 'seed of intervals and significance (default 1)',
      schema: wholeNumber(0, 2 ** 32 - 1).prefault('1'),
    },
  },
  project: {
    lacks: ({ qrels, index, queries, run, golden }) =>
      golden === undefined &&
      (qrels === undefined || (run === undefined && (index === undefined || queries === undefined))),
    fills: async (opened, { run, qrels: typed }) => {
      const { heldOut } = await import('../../api/project/prepared-places.js');
      const { queries, qrels } = await heldOut(opened, 'test');
      if (qrels === undefined && typed === undefined) {
        const message = `${opened.data}: holds no test queries to measure on; \`tandem prepare\` holds them out of pairs or events`;
        throw new TandemError('data/not-prepared', message, { folder: opened.data });
      }
      return run === undefined ? { queries, qrels, index: opened.index, out: opened.report } : { qrels };
    },
  },
  run: async (options, context) => {
    if (options.golden !== undefined) return askGolden({ ...options, golden: options.golden }, context);
    const { qrels } = options;
    if (qrels === undefined)
      throw new TandemError('usage/missing-option', '--qrels is missing: judgements (TREC)', { flag: '--qrels' });
    if (options.recall !== undefined)
      throw new TandemError('usage/missing-option', '--recall goes with --golden: the queries that are asked');
    const given = options.run.length > 0 ? 'run' : options.index === undefined ? undefined : 'index';
    if (given === undefined)
      throw new TandemError('usage/missing-option', '--run or --index is missing: what to measure');
    if (given === 'run' && options.index !== undefined) {
      throw new TandemError('usage/bad-value', '--run and --index exclude each other');
    }
    if (given === 'index' && options.queries === undefined) {
      throw new TandemError('usage/missing-option', '--queries is missing: what to ask the index');
    }
    const [{ evaluateAndReport }, { evaluationOutcome, formatEvaluation }] = await Promise.all([
      import('../../api/evaluation/evaluate-report.js'),
      import('../format-evaluation.js'),
    ]);
    const evaluated = await evaluateAndReport({ ...options, qrels, figure }, context);
    const { out } = options;
    return {
      json: { ...evaluationOutcome(evaluated), ...(out && { report: out }) },
      text: `${formatEvaluation(evaluated)}${out ? `\nreport: ${out}` : ''}`,
    };
  },
});

/** What of the command line golden queries are asked by. */
interface GoldenOptions extends OptionsOf<typeof searchedBackendFlags> {
  readonly golden: string;
  readonly index?: string;
  readonly queries?: string;
  readonly qrels?: string;
  readonly run: readonly string[];
  readonly recall?: number;
  readonly out?: string;
}

/** @throws TandemError 'evaluation/recall-fell' once everything is told and written */
async function askGolden(
  { golden, index, queries, run, ...options }: GoldenOptions,
  context: CommandContext,
): Promise<Outcome> {
  if (index === undefined)
    throw new TandemError('usage/missing-option', '--index is missing: what the golden queries are asked of');
  if (run.length > 0 || queries !== undefined)
    throw new TandemError('usage/bad-value', '--golden asks --index alone: leave out --run and --queries');
  const [{ evaluateGolden }, { checkedOutcome, formatChecked }] = await Promise.all([
    import('../../api/golden/evaluate-golden.js'),
    import('../format-golden.js'),
  ]);
  const { qrels, recall, out, backend, url, model } = options;
  const place = { backend, url, model };
  const checked = await evaluateGolden({ golden, index, place, qrels, recall, out }, context);
  const json = { ...checkedOutcome(checked), ...(out && { report: out }) };
  const text = `${formatChecked(checked)}${out ? `\nreport: ${out}` : ''}`;
  if (checked.fell.length === 0) return { json, text };
  if (!context.json) context.terminal.out(`${text}\n`);
  throw new TandemError(
    'evaluation/recall-fell',
    `${index}: ${checked.fell.join(', ')}; wanted: ${checked.wanted}`,
    json,
  );
}
