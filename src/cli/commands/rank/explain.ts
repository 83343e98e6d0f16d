import { TandemError } from '../../../errors/tandem-error.js';
import { defineCommand } from '../../command.js';
import { path, searchedBackendFlags } from '../../flags.js';

export const rankExplainCommand = defineCommand({
  name: 'rank explain',
  summary: 'Say what a ranker rests on, feature by feature; `tandem search --explain` says it for one hit.',
  example: 'tandem rank explain --index out/index --queries test.jsonl --out out/ranker.html',
  flags: {
    index: { value: 'INDEX', help: 'folder of the index, or its name in a cluster', schema: path },
    ...searchedBackendFlags,
    ranker: { value: 'RANKER', help: 'file of the ranker (default: that of the index)', schema: path.optional() },
    queries: { value: 'FILE', help: 'queries over whose candidates curves are drawn', schema: path.optional() },
    out: { value: 'REPORT', help: 'HTML report that is written', writes: 'file', schema: path.optional() },
  },
  run: async ({ queries, backend, url, model, ...options }, context) => {
    if (queries !== undefined && options.out === undefined)
      throw new TandemError('usage/missing-option', '--out is missing: the report that curves are drawn into');
    const [{ explainRanker }, { readQueryRows }, { terminalTable }] = await Promise.all([
      import('../../../api/ranking/explain-ranker.js'),
      import('../../../api/project/read-rows.js'),
      import('../../terminal-table.js'),
    ]);
    const asked = queries === undefined ? undefined : await readQueryRows(queries, context);
    const features = await explainRanker({ ...options, place: { backend, url, model }, queries: asked }, context);
    const columns = [
      { name: 'feature' },
      { name: 'gain', numeric: true },
      { name: 'splits', numeric: true },
      { name: 'what it is' },
    ];
    const rows = features
      .filter(({ splits }) => splits > 0)
      .map(({ feature, gain, splits, about }) => [feature, gain.toFixed(4), String(splits), about]);
    const written = options.out === undefined ? '' : `\nreport: ${options.out}`;
    return { json: { features }, text: terminalTable(columns, rows) + written };
  },
});
