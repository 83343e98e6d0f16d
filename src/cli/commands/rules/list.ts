import { defineCommand } from '../../command.js';
import { path } from '../../flags.js';

export const rulesListCommand = defineCommand({
  name: 'rules list',
  summary: 'Show the rules of an index, as a file of them has them.',
  example: 'tandem rules list --index out/index > rules.json',
  flags: { index: { value: 'INDEX', help: 'folder of the index', schema: path } },
  run: async ({ index }) => {
    const { listRules } = await import('../../../api/curation/rules-file.js');
    const rules = await listRules(index);
    return { json: { rules }, text: JSON.stringify({ rules }, null, 2) };
  },
});
