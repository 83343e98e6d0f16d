import { defineCommand } from '../../command.js';
import { path } from '../../flags.js';

export const rulesSetCommand = defineCommand({
  name: 'rules set',
  summary: 'Put the rules of a file in the place of all rules of an index; a file without rules takes them out.',
  example: 'tandem rules set --index out/index --file rules.json',
  flags: {
    index: { value: 'INDEX', help: 'folder of the index', schema: path },
    file: { value: 'FILE', help: 'JSON, {"rules": [...]} (docs/rules.md)', schema: path },
  },
  run: async ({ index, file }) => {
    const { setRulesOf } = await import('../../../api/curation/rules-file.js');
    const { receipt, rules } = await setRulesOf(index, file);
    return { json: { sequence: receipt, rules }, text: `${rules} ${rules === 1 ? 'rule' : 'rules'}` };
  },
});
