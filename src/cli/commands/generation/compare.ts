import { TandemError } from '../../../errors/tandem-error.js';
import { defineCommand } from '../../command.js';
import { modeFlag, path, wholeNumber } from '../../flags.js';
import { choiceFlags, indexFlag } from './flags.js';

export const generationCompareCommand = defineCommand({
  name: 'generation compare',
  summary: 'Ask two generations the same queries: figures by judgements, agreement, the queries that change most.',
  example:
    'tandem generation compare --index out/index --queries queries.jsonl --qrels qrels.trec --out out/compared.html',
  flags: {
    ...indexFlag,
    ...choiceFlags,
    with: {
      value: 'N',
      help: 'the generation that it is compared with (default: the active one)',
      schema: wholeNumber(0, Number.MAX_SAFE_INTEGER).optional(),
    },
    withModel: {
      value: 'DIR',
      help: 'with --backend opensearch: folder of the model of the generation that it is compared with',
      schema: path.optional(),
    },
    queries: { value: 'FILE', help: 'queries: id, text, country?', schema: path.optional() },
    golden: { value: 'FILE', help: 'golden queries (`tandem golden draw`), in their place', schema: path.optional() },
    qrels: { value: 'FILE', help: 'judgements (TREC), for figures of both', schema: path.optional() },
    ...modeFlag,
    seed: {
      value: 'N',
      help: 'seed of intervals and significance (default 1)',
      schema: wholeNumber(0, 2 ** 32 - 1).prefault('1'),
    },
    out: { value: 'REPORT', help: 'HTML report that is written', writes: 'file', schema: path.optional() },
  },
  run: async ({ index, backend, url, ...options }, context) => {
    if ((options.queries === undefined) === (options.golden === undefined))
      throw new TandemError('usage/missing-option', 'give what to ask: either --queries or --golden');
    const [{ compareGenerations }, { formatCompared }] = await Promise.all([
      import('../../../api/generations/compare-generations.js'),
      import('../../format-generations.js'),
    ]);
    const { metrics, ...compared } = await compareGenerations(index, { ...options, place: { backend, url } }, context);
    const { out } = options;
    const named = metrics && {
      metrics: Object.fromEntries(metrics.map((of, at) => [`generation ${[compared.first, compared.second][at]}`, of])),
    };
    return {
      json: { folder: index, ...compared, ...named, ...(out && { report: out }) },
      text: `${formatCompared({ ...compared, metrics })}${out ? `\nreport: ${out}` : ''}`,
    };
  },
});
