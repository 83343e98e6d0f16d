import { defineCommand } from '../../command.js';
import { path, searchedBackendFlags } from '../../flags.js';

export const rulesCheckCommand = defineCommand({
  name: 'rules check',
  summary: 'Show on golden queries what each rule changes; the index stays as it is.',
  example: 'tandem rules check --index out/index --golden golden.jsonl --file rules.json',
  flags: {
    index: { value: 'INDEX', help: 'folder of the index, or its name in a cluster', schema: path },
    ...searchedBackendFlags,
    golden: { value: 'FILE', help: 'golden queries that `tandem golden draw` wrote', schema: path },
    file: { value: 'FILE', help: 'rules in place of those of the index', schema: path.optional() },
  },
  run: async ({ file, index, golden, ...place }, context) => {
    const [{ compareOn }, { formatRules }] = await Promise.all([
      import('../../../api/curation/check-rules.js'),
      import('../../format-rules.js'),
    ]);
    const compared = await compareOn({ index, place, golden, rules: file }, context);
    return { json: { ...compared }, text: formatRules(compared) };
  },
});
