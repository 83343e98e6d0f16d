import { TandemError } from '../../errors/tandem-error.js';
import { defineCommand } from '../command.js';
import { path, paths, switched } from '../flags.js';

/** How many rules are shown as text; --json has all. */
const shown = 100;

export const synonymsCommand = defineCommand({
  name: 'synonyms',
  summary: 'Show or change the synonyms of an index; nothing is indexed anew.',
  example: "tandem synonyms --index out/index --add 'couch, sofa' --add 'settee => sofa'",
  flags: {
    index: { value: 'INDEX', help: 'folder of the index', schema: path },
    add: {
      value: 'RULE',
      repeat: true,
      help: '`a, b` for words that stand for each other, or `a => b`',
      schema: paths,
    },
    remove: { value: 'RULE', repeat: true, help: 'rule to take out, as --list writes it', schema: paths },
    file: { value: 'FILE', help: 'rules, one to a line, in the place of all', schema: path.optional() },
    list: { help: 'show the rules and change nothing', schema: switched },
  },
  run: async ({ index: folder, add, remove, file, list }) => {
    const changes = add.length + remove.length > 0 || file !== undefined;
    if (list === changes)
      throw new TandemError('usage/missing-option', 'give either --list, or what to change: --add, --remove or --file');
    const { listSynonyms, changeSynonymsOf } = await import('../../api/indexes/change-synonyms.js');
    if (list) {
      const rules = await listSynonyms(folder);
      return { json: { rules }, text: rules.slice(0, shown).join('\n') || 'no rules' };
    }
    const { receipt, rules } = await changeSynonymsOf(folder, { add, remove, file });
    return { json: { sequence: receipt, rules }, text: `${rules} ${rules === 1 ? 'rule' : 'rules'}` };
  },
});
