import { defineCommand } from '../../command.js';
import { path, searchedBackendFlags } from '../../flags.js';

export const goldenNoteCommand = defineCommand({
  name: 'golden note',
  summary: 'Write golden queries again with the first results that an index has for them now.',
  example: 'tandem golden note --golden golden.jsonl --index out/index --out golden.today.jsonl',
  flags: {
    golden: { value: 'FILE', help: 'file that `tandem golden draw` wrote', schema: path },
    index: { value: 'INDEX', help: 'folder of the index, or its name in a cluster', schema: path },
    ...searchedBackendFlags,
    out: { value: 'FILE', help: 'file of golden queries that is written', writes: 'file', schema: path },
  },
  run: async ({ golden, index, out, ...place }, context) => {
    const { noteGolden } = await import('../../../api/golden/note-results.js');
    const queries = await noteGolden({ golden, index, place, out }, context);
    return { json: { out, queries }, text: `${out}: results of ${queries} golden queries noted` };
  },
});
