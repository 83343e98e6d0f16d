import { defineCommand } from '../../command.js';
import { path, paths, searchedBackendFlags, switched, wholeNumber } from '../../flags.js';

export const rankRowsCommand = defineCommand({
  name: 'rank rows',
  summary: 'Write what a ranker would see of the candidates of judged queries.',
  example: 'tandem rank rows --index out/fold-1 --queries fold-1.jsonl --qrels judged.trec --out out/fold-1.rows',
  flags: {
    index: { value: 'INDEX', help: 'folder of the index, made with a model, or its name in a cluster', schema: path },
    ...searchedBackendFlags,
    queries: { value: 'FILE', help: 'judged queries', schema: path },
    qrels: { value: 'FILE', help: 'their judgements (TREC)', schema: path },
    out: { value: 'FILE', help: 'file that is written', schema: path, writes: 'file' },
    depth: {
      value: 'N',
      help: 'candidates of a query, 1 to 1000 (default 200)',
      schema: wholeNumber(1, 1000).default(200),
    },
    feature: {
      value: 'NAME',
      repeat: true,
      help: 'a feature (docs/ranking.md), in place of all; may be repeated',
      schema: paths,
    },
    embeddings: { help: 'with the embeddings, for `rank train --deep`', schema: switched },
  },
  run: async ({ index, queries, qrels, out, depth, feature, embeddings, ...place }, context) => {
    const [{ writeRankingRows }, { readJudged }] = await Promise.all([
      import('../../../api/ranking/write-ranking-rows.js'),
      import('../../../api/project/read-rows.js'),
    ]);
    const judged = await readJudged({ queries, qrels }, context);
    const features = feature.length > 0 ? feature : undefined;
    const written = await writeRankingRows({ index, place, judged, out, depth, features, embeddings }, context);
    return {
      json: { out, ...written },
      text: `${out}: ${written.rows} candidates of ${written.queries} queries, ${written.features} features`,
    };
  },
});
