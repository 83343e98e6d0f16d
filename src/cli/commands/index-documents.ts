import type { IndexingConfig } from '../../config/indexing.js';
import { TandemError } from '../../errors/tandem-error.js';
import { mostNamed } from '../../lexical/attribute-texts.js';
import { defineCommand } from '../command.js';
import { configFlags, imageFlags, mapFlags, path, switched, tableFlags } from '../flags.js';
import { formatFusion } from '../format-fusion.js';
import { vectorLines } from '../format-vectors.js';
import { documentsOf, needed } from '../project-sources.js';
import { readConfig } from '../read-config.js';

export const indexCommand = defineCommand({
  name: 'index',
  summary: 'Make an index from documents: tokens, and with a model vectors too.',
  example: 'tandem index --model out/model --documents out/data/documents.jsonl --out out/index',
  flags: {
    documents: {
      value: 'FILE',
      help: 'documents as JSON Lines, JSON array, CSV or Parquet (docs/data.md)',
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
    ...imageFlags,
    out: { value: 'INDEX', help: 'folder that is written', writes: 'index', schema: path },
    ...configFlags,
  },
  project: {
    lacks: ({ documents, out }) => documents === undefined || out === undefined,
    fills: async (opened, typed, _operands, warn) => {
      const [{ heldOut, preparedDocuments }, { isThere }] = await Promise.all([
        import('../prepared-places.js'),
        import('../../files/is-there.js'),
      ]);
      const model = typed.tokensOnly !== true && (await isThere(opened.model)) ? opened.model : undefined;
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
    const { documents, map, types, model, queries, qrels, synonyms, pictures, imageCache, out, ...config } = options;
    if ((queries === undefined) !== (qrels === undefined)) {
      throw new TandemError('usage/missing-option', '--queries and --qrels belong together: give both or neither');
    }
    if (queries !== undefined && model === undefined) {
      throw new TandemError(
        'usage/missing-option',
        '--model is missing: --queries tune the fusion of tokens and vectors',
      );
    }
    const indexing = await withRules((await readConfig(config, context.project?.project)).indexing, synonyms);
    const [{ makeIndex }, { readTuning }, { formatCutTexts }] = await Promise.all([
      import('../make-index.js'),
      import('../read-rows.js'),
      import('../format-texts.js'),
    ]);
    const source = needed(documentsOf(documents, { map, types }, context.project), 'documents');
    const tuneOn =
      queries === undefined || qrels === undefined
        ? undefined
        : await readTuning(queries, qrels, { onNote: context.note });
    const { manifest, fusion, cutTexts } = await makeIndex(
      { documents: source, model, indexing, out, pictures, imageCache, tuneOn },
      context,
    );
    const { fusionWeight } = manifest.indexing;
    const counts = `${out}: ${manifest.documents} documents, ${manifest.duplicates} duplicates left out${formatCutTexts(cutTexts)}${describeAttributes(manifest.attributes)}`;
    const wasTuned = model !== undefined && (tuneOn !== undefined || indexing.fusionWeight === 'auto');
    const tuned = wasTuned ? [formatFusion(fusionWeight, fusion)] : [];
    return {
      json: {
        folder: out,
        documents: manifest.documents,
        duplicates: manifest.duplicates,
        nothingToEmbed: manifest.nothingToEmbed,
        modelId: manifest.modelId,
        fusionWeight,
        attributeWeight: manifest.indexing.attributeWeight,
        ...(manifest.attributes && { attributes: manifest.attributes }),
        ...(manifest.graph && { graph: manifest.graph }),
        ...(fusion && { fusion }),
        ...(cutTexts && { cutTexts }),
      },
      text: [counts, ...vectorLines(manifest), ...tuned].join('\n'),
    };
  },
});

/** Attributes named to people; the rest is counted. */
const namedToPeople = 12;

/** Which attributes are searched by their words beside the fields. */
function describeAttributes(paths: readonly string[] = []): string {
  if (paths.length === 0) return '';
  const more = paths.length > namedToPeople ? ', ...' : '';
  const count = paths.length === mostNamed ? `the first ${mostNamed} attributes` : `${paths.length} attributes`;
  return `\nalso searched: ${paths.slice(0, namedToPeople).join(', ')}${more} (${count})`;
}

/** Puts the rules of a file behind those of the configuration. @throws TandemError 'data/not-found' | 'text/bad-synonyms' */
async function withRules(indexing: IndexingConfig, file: string | undefined): Promise<IndexingConfig> {
  if (file === undefined) return indexing;
  const [{ readRuleFile }, { parseSynonyms }] = await Promise.all([
    import('../dictionary-words.js'),
    import('../../text/synonyms.js'),
  ]);
  const lines = await readRuleFile(file);
  parseSynonyms(lines);
  const rules = lines.filter(line => line.trim() !== '' && !line.trimStart().startsWith('#'));
  const synonyms = [...indexing.synonyms, ...rules];
  parseSynonyms(synonyms);
  return { ...indexing, synonyms };
}
