import { TandemError } from '../../errors/tandem-error.js';
import { defineCommand, type Outcome } from '../command.js';
import { backendFlags, path, switched } from '../flags.js';

export const checkCommand = defineCommand({
  name: 'check',
  summary:
    'Compare documents, tokens and vectors of an index; with --repair make the latter two anew where they are wrong.',
  example: 'tandem check --index out/index --repair',
  flags: {
    index: { value: 'INDEX', help: 'folder of the index, or its name in a cluster', schema: path },
    ...backendFlags,
    model: {
      value: 'DIR',
      help: 'with --backend opensearch: the model that the index was made with, which repairs embeddings',
      schema: path.optional(),
    },
    repair: { help: 'make tokens and vectors anew from the documents when something is wrong', schema: switched },
  },
  run: async ({ index, repair, ...choice }, context) => {
    const { clusterPlace } = await import('../../api/indexes/cluster-place.js');
    const place = clusterPlace(index, choice);
    if (place !== undefined) {
      const { checkClusterIndex } = await import('../../api/indexes/check-cluster-index.js');
      const { before, after } = await checkClusterIndex(place, repair, context);
      return sound(index, before, after, repair);
    }
    const { checkAndRepair } = await import('../../api/indexes/check-and-repair.js');
    const { before, after } = await checkAndRepair(index, repair);
    return sound(index, before, after, repair, `, commit ${after.sequence} (saved ${after.savedSequence})`);
  },
});

/** What a look at an index found. */
interface Checked {
  readonly documents: number;
  readonly nothingToEmbed: number;
  readonly problems: readonly { readonly part: string; readonly message: string; readonly lost?: true }[];
}

/** @throws TandemError 'index/damaged' | 'index/documents-damaged' where something is wrong still */
function sound(index: string, before: Checked, after: Checked, repair: boolean, state = ''): Outcome {
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
    text: `${found}${index}: sound, ${after.documents} documents${unread}${state}`,
  };
}
