import { TandemError } from '../../errors/tandem-error.js';
import { defineCommand } from '../command.js';
import { path, switched } from '../flags.js';

export const checkCommand = defineCommand({
  name: 'check',
  summary:
    'Compare documents, tokens and vectors of an index; with --repair make the latter two anew where they are wrong.',
  example: 'tandem check --index out/index --repair',
  flags: {
    index: { value: 'INDEX', help: 'folder of the index', schema: path },
    repair: { help: 'make tokens and vectors anew from the documents when something is wrong', schema: switched },
  },
  run: async ({ index, repair }) => {
    const { checkAndRepair } = await import('../../api/indexes/check-and-repair.js');
    const { before, after } = await checkAndRepair(index, repair);
    const lines = after.problems.map(({ part, message }) => `${part}: ${message}`);
    if (lines.length > 0) {
      const more = lines.length > 3 ? `; and ${lines.length - 3} more` : '';
      const code = after.problems.some(({ lost }) => lost) ? 'index/documents-damaged' : 'index/damaged';
      throw new TandemError(code, `${lines.slice(0, 3).join('; ')}${more}`, {
        problems: after.problems,
        repaired: repair,
      });
    }
    const unread = after.nothingToEmbed === 0 ? '' : ` (${after.nothingToEmbed} with nothing to embed)`;
    const repaired = before.problems.length > 0;
    const found = before.problems.map(({ part, message }) => `repaired: ${part}: ${message}\n`).join('');
    return {
      json: { folder: index, ...after, repaired, found: before.problems },
      text: `${found}${index}: sound, ${after.documents} documents${unread}, commit ${after.sequence} (saved ${after.savedSequence})`,
    };
  },
});
