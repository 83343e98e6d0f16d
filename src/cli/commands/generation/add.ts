import { TandemError } from '../../../errors/tandem-error.js';
import { defineCommand } from '../../command.js';
import { path } from '../../flags.js';
import { indexFlag, saidAgain } from './flags.js';

export const generationAddCommand = defineCommand({
  name: 'generation add',
  summary: 'Embed the documents of an index with another model, beside what is searched; given again, it goes on.',
  example: 'tandem generation add --index out/index --model out/better-model',
  flags: {
    ...indexFlag,
    model: { value: 'MODEL', help: 'folder of the model; it becomes part of the index', schema: path },
    queries: {
      value: 'FILE',
      help: 'judged queries that the weight of the vectors is tuned on',
      schema: path.optional(),
    },
    qrels: { value: 'FILE', help: 'their judgements (TREC)', schema: path.optional() },
  },
  run: async ({ index, model, queries, qrels, ...choice }, context) => {
    if ((queries === undefined) !== (qrels === undefined))
      throw new TandemError('usage/missing-option', '--queries and --qrels belong together: give both or neither');
    const [{ addGenerationAt }, { readJudged }] = await Promise.all([
      import('../../../api/generations/add-generation.js'),
      import('../../../api/project/read-rows.js'),
    ]);
    const tuneOn =
      queries === undefined || qrels === undefined ? undefined : await readJudged({ queries, qrels }, context);
    const added = await addGenerationAt(index, choice, { model, tuneOn }, context);
    return {
      json: { folder: index, generation: added },
      text: [
        `${index}: generation ${added.number} is ready, ${added.documents} documents, weight of the vectors ${added.fusionWeight}`,
        `compare it: tandem generation compare ${saidAgain(index, choice)} --generation ${added.number} --queries FILE`,
        `search with it: tandem generation switch ${saidAgain(index, choice)} --generation ${added.number}`,
      ].join('\n'),
    };
  },
});
