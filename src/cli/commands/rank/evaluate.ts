import { defineCommand } from '../../command.js';
import { path, searchedBackendFlags, switched, wholeNumber } from '../../flags.js';

/** The figure that orders are compared by. */
const figure = 'nDCG@10';

export const rankEvaluateCommand = defineCommand({
  name: 'rank evaluate',
  summary:
    'Measure a ranker beside the hybrid without it, reciprocal rank fusion and each side alone, by the same searches.',
  example:
    'tandem rank evaluate --index out/index --ranker out/ranker.json --queries test.jsonl --qrels test.trec --condensed',
  flags: {
    index: { value: 'INDEX', help: 'folder of the index, or its name in a cluster', schema: path },
    ...searchedBackendFlags,
    ranker: { value: 'RANKER', help: 'file of the ranker (default: that of the index)', schema: path.optional() },
    queries: { value: 'FILE', help: 'queries that nothing learnt from', schema: path },
    qrels: { value: 'FILE', help: 'their judgements (TREC)', schema: path },
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
  run: async ({ queries, qrels, backend, url, model, ...options }, context) => {
    const [{ evaluateRanker }, { readJudged }, { formatComparison, formatMetrics, formatSlices, metricsOf }] =
      await Promise.all([
        import('../../../api/ranking/evaluate-ranker.js'),
        import('../../../api/project/read-rows.js'),
        import('../../format-metrics.js'),
      ]);
    const judged = await readJudged({ queries, qrels }, context);
    const place = { backend, url, model };
    const { runs, comparisons, slices } = await evaluateRanker({ ...options, place, figure, judged }, context);
    const written = options.out === undefined ? [] : [`report: ${options.out}`];
    const sliced = slices === undefined ? [] : ['', formatSlices(runs, slices, figure), ''];
    return {
      json: { metrics: metricsOf(runs), comparisons, ...(slices && { slices }) },
      text: [formatMetrics(runs), ...comparisons.map(formatComparison), ...sliced, ...written].join('\n'),
    };
  },
});
