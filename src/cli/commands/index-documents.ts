import { documentsOf } from '../../api/project/project-sources.js';
import { readConfig } from '../../api/project/read-config.js';
import { TandemError } from '../../errors/tandem-error.js';
import { defineCommand } from '../command.js';
import {
  backendFlags,
  configFlags,
  imageFlags,
  mapFlags,
  needed,
  path,
  switched,
  tableFlags,
  wholeNumber,
} from '../flags.js';

export const indexCommand = defineCommand({
  name: 'index',
  summary: 'Make an index from documents: tokens, and with a model vectors too.',
  example: 'tandem index --model out/model --documents out/data/documents.jsonl --out out/index',
  flags: {
    documents: {
      value: 'FILE',
      help: 'documents as JSON Lines, JSON, CSV, XML or Parquet (docs/data.md)',
      schema: path.optional(),
    },
    ...mapFlags,
    ...tableFlags,
    model: { value: 'DIR', help: 'model; without one a token index alone is made', schema: path.optional() },
    tokensOnly: { help: 'a token index alone, though the project has a model', schema: switched },
    queries: {
      value: 'FILE',
      help: 'judged queries that the fusion weight is tuned on, 10 or more; without them those that the model was validated on',
      schema: path.optional(),
    },
    qrels: { value: 'FILE', help: 'their judgements (TREC)', schema: path.optional() },
    synonyms: {
      value: 'FILE',
      help: 'rules of synonyms, one to a line (Solr format), behind those of the configuration',
      schema: path.optional(),
    },
    keepRules: {
      help: 'with --force: keep the rules, synonyms and dictionary that were set in the index that is replaced',
      schema: switched,
    },
    ...imageFlags,
    out: {
      value: 'INDEX',
      help: 'folder that is written; with --backend opensearch the name of the index',
      writes: ({ backend }) => (backend === 'opensearch' ? undefined : 'index'),
      schema: path,
    },
    ...backendFlags,
    shards: {
      value: 'N',
      help: 'with --backend opensearch: parts of the index, 1 to 1024 (default 1)',
      schema: wholeNumber(1, 1_024).optional(),
    },
    replicas: {
      value: 'N',
      help: 'with --backend opensearch: copies of each part, 0 to 8 (default 1)',
      schema: wholeNumber(0, 8).optional(),
    },
    ...configFlags,
  },
  project: {
    lacks: ({ documents, out }) => documents === undefined || out === undefined,
    fills: async (opened, typed, _operands, warn) => {
      const { heldOut, preparedDocuments, trainedModel } = await import('../../api/project/prepared-places.js');
      const model = typed.tokensOnly === true ? undefined : await trainedModel(opened);
      const tunes = (model ?? typed.model) !== undefined && typed.queries === undefined && typed.qrels === undefined;
      return {
        documents: typed.documents === undefined ? await preparedDocuments(opened, warn) : undefined,
        model,
        ...(tunes ? await heldOut(opened, 'validation') : {}),
        out: opened.index,
      };
    },
  },
  run: async (options, context) => {
    const { documents, map, types, model, queries, qrels, synonyms, pictures, imageCache, out, ...more } = options;
    const { backend, url, shards, replicas, keepRules, ...config } = more;
    if ((queries === undefined) !== (qrels === undefined)) {
      throw new TandemError('usage/missing-option', '--queries and --qrels belong together: give both or neither');
    }
    if (queries !== undefined && model === undefined) {
      throw new TandemError(
        'usage/missing-option',
        '--model is missing: --queries tune the fusion of tokens and vectors',
      );
    }
    const configured = await readConfig(config, context.project?.project);
    const [{ makeIndex }, { readJudged }, { withRules }, { describeIndex, indexOutcome }] = await Promise.all([
      import('../../api/indexes/make-index.js'),
      import('../../api/project/read-rows.js'),
      import('../../api/indexes/synonym-rules.js'),
      import('../format-index.js'),
    ]);
    const indexing = await withRules(configured.indexing, synonyms);
    const source = needed(documentsOf(documents, { map, types }, context.project), 'documents');
    const tuneOn =
      queries === undefined || qrels === undefined ? undefined : await readJudged({ queries, qrels }, context);
    const { clusterPlace } = await import('../../api/indexes/cluster-place.js');
    const place = clusterPlace(out, backend === 'opensearch' ? { backend, url, model } : { backend, url });
    if (place !== undefined) {
      if (pictures !== undefined || imageCache !== undefined)
        throw new TandemError(
          'cluster/unsupported',
          `--${pictures === undefined ? 'image-cache' : 'pictures'}: an index of a cluster has no pictures beside it; give documents their vectors`,
        );
      const { makeClusterIndex } = await import('../../api/indexes/make-cluster-index.js');
      const { describeClusterIndex, clusterIndexOutcome } = await import('../format-cluster-index.js');
      const made = await makeClusterIndex(
        { ...place, documents: source, indexing, shards, replicas, replace: context.force, tuneOn },
        context,
      );
      return { json: clusterIndexOutcome(made), text: describeClusterIndex(made) };
    }
    if (shards !== undefined || replicas !== undefined)
      throw new TandemError('usage/bad-value', '--shards and --replicas go with --backend opensearch');
    const what = { documents: source, model, indexing, out, pictures, imageCache, tuneOn, keepRules };
    const made = await makeIndex(what, context);
    const tuned = model !== undefined && (tuneOn !== undefined || indexing.fusionWeight === 'auto');
    return { json: indexOutcome(out, made), text: describeIndex(out, made, tuned) };
  },
});
