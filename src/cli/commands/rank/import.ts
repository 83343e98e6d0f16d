import { defineCommand } from '../../command.js';
import { path, paths, wholeNumber } from '../../flags.js';

export const rankImportCommand = defineCommand({
  name: 'rank import',
  summary: 'Make a ranker of trees that LightGBM (text, JSON dump) or XGBoost (JSON) has trained.',
  example: 'tandem rank import --from model.txt --out out/ranker.json',
  flags: {
    from: { value: 'FILE', help: 'model.txt or dump of LightGBM, model.json of XGBoost', schema: path },
    out: { value: 'RANKER', help: 'file of the ranker that is written', schema: path, writes: 'file' },
    depth: {
      value: 'N',
      help: 'hits that are ordered anew, 1 to 1000 (default 200)',
      schema: wholeNumber(1, 1000).default(200),
    },
    feature: {
      value: 'NAME',
      repeat: true,
      help: 'names of all its features in their order (docs/ranking.md), where the file has others; repeated',
      schema: paths,
    },
  },
  run: async ({ feature, ...options }) => {
    const { importRanker } = await import('../../../api/ranking/convert-ranker.js');
    const imported = await importRanker({ ...options, ...(feature.length > 0 && { names: feature }) });
    const { out, format, trees, features } = imported;
    return { json: { ...imported }, text: `${out}: ${trees} trees over ${features.length} features, from ${format}` };
  },
});
