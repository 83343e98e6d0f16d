import { TandemError } from '../../../errors/tandem-error.js';
import { defineCommand } from '../../command.js';
import { path, switched } from '../../flags.js';

export const rankSetCommand = defineCommand({
  name: 'rank set',
  summary: 'Give an index a ranker, or take it away; a process that serves the index follows.',
  example: 'tandem rank set --index out/index --ranker out/ranker.json',
  flags: {
    index: { value: 'INDEX', help: 'folder of the index', schema: path },
    ranker: { value: 'RANKER', help: 'file that `tandem rank train` or `rank import` wrote', schema: path.optional() },
    remove: { help: 'take away the one that it has', schema: switched },
  },
  run: async ({ index, ranker, remove }, context) => {
    if ((ranker !== undefined) === remove)
      throw new TandemError('usage/missing-option', 'give either --ranker RANKER or --remove');
    const { setIndexRanker } = await import('../../../api/ranking/set-ranker.js');
    const { ranker: sha256 } = await setIndexRanker(index, ranker, context);
    return {
      json: { folder: index, ranker: sha256 ?? null },
      text:
        ranker === undefined ? `${index}: no ranker` : `${index}: ${ranker} orders the best hits of hybrid searches`,
    };
  },
});
