import { TandemError } from '../../../errors/tandem-error.js';
import { defineCommand } from '../../command.js';
import { backendFlags, path, switched } from '../../flags.js';

export const rankSetCommand = defineCommand({
  name: 'rank set',
  summary: 'Give an index a ranker, or take it away; a process that serves the index follows.',
  example: 'tandem rank set --index out/index --ranker out/ranker.json',
  flags: {
    index: { value: 'INDEX', help: 'folder of the index, or its name in a cluster', schema: path },
    ...backendFlags,
    ranker: { value: 'RANKER', help: 'file that `tandem rank train` or `rank import` wrote', schema: path.optional() },
    remove: { help: 'take away the one that it has', schema: switched },
  },
  run: async ({ index, ranker, remove, ...choice }, context) => {
    if ((ranker !== undefined) === remove)
      throw new TandemError('usage/missing-option', 'give either --ranker RANKER or --remove');
    const { setIndexRanker } = await import('../../../api/ranking/set-ranker.js');
    const sha256 = await setIndexRanker(index, ranker, context, choice);
    return {
      json: { folder: index, ranker: sha256 },
      text:
        ranker === undefined ? `${index}: no ranker` : `${index}: ${ranker} orders the best hits of hybrid searches`,
    };
  },
});
