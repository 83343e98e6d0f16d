import { TandemError } from '../../errors/tandem-error.js';
import { defineCommand } from '../command.js';
import { modeFlag, path, paths, switched, wholeNumber } from '../flags.js';

/** The figure that runs are compared by. */
const figure = 'nDCG@10';

export const evaluateCommand = defineCommand({
  name: 'evaluate',
  summary:
    'Measure runs, or an index in each mode, by judgements; several are compared by a paired randomisation test.',
  example:
    'tandem evaluate --qrels out/data/qrels.test.trec --index out/index --queries out/data/queries.test.jsonl --out out/report.html',
  flags: {
    qrels: { value: 'FILE', help: 'judgements (TREC)', schema: path },
    run: { value: 'RUN', repeat: true, help: 'run file (TREC); may be repeated', schema: paths },
    index: { value: 'INDEX', help: 'index to measure, with --queries', schema: path.optional() },
    queries: { value: 'FILE', help: 'queries: id, text, country?', schema: path.optional() },
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
    lacks: ({ qrels, index, queries, run }) =>
      qrels === undefined || (run === undefined && (index === undefined || queries === undefined)),
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
    const evaluated = await evaluateAndReport({ ...options, figure }, context);
    const { out } = options;
    return {
      json: { ...evaluationOutcome(evaluated), ...(out && { report: out }) },
      text: `${formatEvaluation(evaluated)}${out ? `\nreport: ${out}` : ''}`,
    };
  },
});
