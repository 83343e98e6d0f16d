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
    const { receipt, rules, unknown } = await setRulesOf(index, file);
    const missing = unknown.map(({ rule, ids }) => `${rule}: no documents: ${ids.slice(0, 10).join(', ')}`);
    const text = [`${rules} ${rules === 1 ? 'rule' : 'rules'}`, ...missing].join('\n');
    return { json: { sequence: receipt, rules, unknown }, text };
  },
});
