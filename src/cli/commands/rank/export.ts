import { defineCommand } from '../../command.js';
import { path } from '../../flags.js';

export const rankExportCommand = defineCommand({
  name: 'rank export',
  summary: "Write a ranker as LightGBM's text format, which LightGBM itself reads.",
  example: 'tandem rank export --ranker out/ranker.json --out model.txt',
  flags: {
    ranker: { value: 'RANKER', help: 'file of a ranker', schema: path },
    out: { value: 'FILE', help: 'file that is written', schema: path, writes: 'file' },
  },
  run: async (options, context) => {
    const { exportRanker } = await import('../../../api/ranking/convert-ranker.js');
    const exported = await exportRanker(options, context);
    const { out, trees, features } = exported;
    return { json: { ...exported }, text: `${out}: ${trees} trees over ${features.length} features` };
  },
});
