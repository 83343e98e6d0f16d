import { z } from 'zod';
import { TandemError } from '../../../errors/tandem-error.js';
import { defineCommand } from '../../command.js';
import { path, paths, searchedBackendFlags, switched, wholeNumber } from '../../flags.js';

/** Parts of the queries where nobody says how many. */
const usualFolds = 3;

/** The flags that lead to an index of a cluster again; nothing for a folder. */
const whereOf = ({ backend, url }: { readonly backend?: string; readonly url?: readonly string[] }): string =>
  backend === undefined || url === undefined ? '' : `--backend ${backend} --url ${url.join(',')} `;

export const rankTrainCommand = defineCommand({
  name: 'rank train',
  summary: 'Learn how to order the best hits of an index from judged queries: LambdaMART over features of both sides.',
  example: 'tandem rank train --index out/index --queries judged.jsonl --qrels judged.trec --out out/ranker.json',
  flags: {
    index: { value: 'INDEX', help: 'folder of the index, made with a model, or its name in a cluster', schema: path },
    ...searchedBackendFlags,
    queries: {
      value: 'FILE',
      help: 'queries to learn from, 50 or more; without them the training pairs of --data',
      schema: path.optional(),
    },
    qrels: { value: 'FILE', help: 'their judgements (TREC)', schema: path.optional() },
    out: { value: 'RANKER', help: 'file of the ranker that is written', schema: path, writes: 'file' },
    validationQueries: {
      value: 'FILE',
      help: 'queries that tell when to stop; without them those that the model of the index carries, or a fifth of --queries',
      schema: path.optional(),
    },
    validationQrels: { value: 'FILE', help: 'their judgements (TREC)', schema: path.optional() },
    labels: {
      value: 'KIND',
      help: 'who the judgements are of: judged (people who judged) or engaged (made of clicks, carts and orders by `tandem rank labels`)',
      schema: z.enum(['judged', 'engaged'], { error: 'expected judged or engaged' }).default('judged'),
    },
    rows: {
      value: 'FILE',
      repeat: true,
      help: 'what `tandem rank rows` wrote of indexes whose towers did not learn from these queries; may be repeated',
      schema: paths,
    },
    folds: {
      value: 'N',
      help: 'towers learn again N times, each time without a part of the queries, and are asked that part: for queries that the towers of the index learnt from, with --data; 2 to 10 (default 3 with --data)',
      schema: wholeNumber(2, 10).optional(),
    },
    data: {
      value: 'DATA',
      help: 'folder of prepared data that the towers of the index learnt from',
      schema: path.optional(),
    },
    depth: {
      value: 'N',
      help: 'hits that are ordered anew, 1 to 1000 (default 200)',
      schema: wholeNumber(1, 1000).default(200),
    },
    relevanceLevel: {
      value: 'N',
      help: 'least gain that counts as relevant: what `minScore: auto` goes by (default 1)',
      schema: wholeNumber(1, 1_000_000).prefault('1'),
    },
    popularity: {
      value: 'YES|NO',
      help: 'whether it remembers which documents were found to be good (default yes)',
      schema: z.enum(['yes', 'no'], { error: 'expected yes or no' }).default('yes'),
    },
    feature: {
      value: 'NAME',
      repeat: true,
      help: 'a feature (docs/ranking.md), in place of all; may be repeated',
      schema: paths,
    },
    portable: {
      help: 'only features that mean the same in every catalogue, and no popularity: for a ranker that is to serve other indexes',
      schema: switched,
    },
    set: {
      value: 'KEY=VALUE',
      repeat: true,
      help: 'a setting of the trees: trees, leaves, learningRate, minLeaf, l2, seed and others (docs/ranking.md)',
      schema: z.array(z.string()).default([]),
    },
    deep: {
      help: 'also a network that orders the first hits of the trees anew, over features and embeddings',
      schema: switched,
    },
    deepSet: {
      value: 'KEY=VALUE',
      repeat: true,
      help: 'a setting of the network: depth, deadlineMs, embeddings, loss, hidden, epochs, seed and others (docs/ranking.md)',
      schema: z.array(z.string()).default([]),
    },
  },
  run: async (options, context) => {
    const {
      index,
      queries,
      qrels,
      relevanceLevel,
      validationQueries,
      validationQrels,
      labels,
      rows,
      depth,
      feature,
      set,
      out,
    } = options;
    if ((validationQueries === undefined) !== (validationQrels === undefined))
      throw new TandemError(
        'usage/missing-option',
        '--validation-queries and --validation-qrels belong together: give both or neither',
      );
    const { data, portable, deep, deepSet, backend, url, model } = options;
    if ((queries === undefined) !== (qrels === undefined))
      throw new TandemError('usage/missing-option', '--queries and --qrels belong together: give both or neither');
    if (queries === undefined && data === undefined)
      throw new TandemError(
        'usage/missing-option',
        'a ranker learns from judged queries: give --queries and --qrels, or --data to learn from its training pairs',
      );
    const folds = options.folds ?? (data === undefined ? undefined : usualFolds);
    if (deepSet.length > 0 && !deep)
      throw new TandemError(
        'usage/missing-option',
        '--deep-set is a setting of the network that --deep trains: give both',
      );
    if (portable && feature.length > 0)
      throw new TandemError('usage/bad-value', '--portable and --feature exclude each other: both name the features');
    if (folds !== undefined && data === undefined)
      throw new TandemError('usage/missing-option', '--folds needs --data: what the towers of the index learnt from');
    if (folds !== undefined && rows.length > 0)
      throw new TandemError('usage/bad-value', '--folds and --rows exclude each other: rows are what folds make');
    const [
      { trainRanker },
      { readJudged },
      { portableFeatures, readDeepOptions, readTreeOptions },
      { formatCut, formatOrders },
    ] = await Promise.all([
      import('../../../api/ranking/train-ranker.js'),
      import('../../../api/project/read-rows.js'),
      import('../../../api/ranking/tree-options.js'),
      import('../../format-ranking.js'),
    ]);
    const trained = await trainRanker(
      {
        index,
        place: { backend, url, model },
        out,
        labels,
        depth,
        relevanceLevel,
        ...(queries !== undefined && qrels !== undefined && { judged: await readJudged({ queries, qrels }, context) }),
        ...(validationQueries !== undefined &&
          validationQrels !== undefined && {
            validation: await readJudged({ queries: validationQueries, qrels: validationQrels }, context),
          }),
        ...(rows.length > 0 && { rows }),
        ...(folds !== undefined && data !== undefined && { folds: { data, count: folds } }),
        ...(feature.length > 0 && { features: feature }),
        ...(options.portable && { features: portableFeatures }),
        popularity: options.popularity === 'yes' && !options.portable,
        options: readTreeOptions(set),
        ...(deep && { deep: readDeepOptions(deepSet) }),
      },
      context,
    );
    const { trees, before, after, cut, seconds } = trained;
    const text = [
      `${out}: ${trees} trees from ${trained.queries} queries, ${trained.rows} candidates, in ${seconds.toFixed(0)} s`,
      `on ${trained.validationQueries} validation queries:`,
      formatOrders({ 'first ranking': before, ranker: after, ...(trained.deep && { deep: trained.deep.after }) }),
      ...(cut === undefined ? [] : [formatCut(cut)]),
      after['nDCG@10'] > before['nDCG@10']
        ? `serve with it: tandem rank set ${whereOf(options)}--index ${index} --ranker ${out}`
        : 'it is no better than the first ranking: leave the index without it, or give more judged queries',
    ];
    return { json: { ...trained }, text: text.join('\n') };
  },
});
