import { defineCommand } from '../command.js';
import { path, redisFlag, wholeNumber } from '../flags.js';

/** In which the shards in work are kept, after a signal; another signal ends it at once. */
const closingMs = 600_000;

export const workerCommand = defineCommand({
  name: 'worker',
  summary:
    'Embed what `tandem embed --redis` and `tandem serve --redis` hand out, on any machine that sees their folders or store.',
  example: 'tandem worker --redis redis://127.0.0.1:6379',
  flags: {
    redis: redisFlag,
    model: {
      value: 'DIR',
      help: 'a copy of the model on this machine; without it, or for other models, the folder that the job names',
      schema: path.optional(),
    },
    workers: {
      value: 'N',
      help: 'threads, each with a copy of the model (default: the number of cores)',
      schema: wholeNumber(1, 256).optional(),
    },
    silent: {
      value: 'SECONDS',
      help: 'a worker that has given no sign for so long has ended, and its shard goes to another; the same for all (default 30)',
      schema: wholeNumber(1, 3600).prefault('30'),
    },
  },
  packages: ['bullmq', 'ioredis'],
  run: async ({ silent, ...options }, context) => {
    const { workShards } = await import('../../api/jobs/work-shards.js');
    const { name, closed } = await workShards({ ...options, silentSeconds: silent }, context);
    context.waitFor(closingMs);
    return { json: { worker: name }, text: `Waiting for shards as ${name}`, until: closed };
  },
});
