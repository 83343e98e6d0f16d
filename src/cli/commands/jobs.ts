import { defineCommand } from '../command.js';
import { redisFlag } from '../flags.js';

export const jobsCommand = defineCommand({
  name: 'jobs',
  summary: 'How far the jobs are whose shards are handed out through a Redis: from any machine.',
  example: 'tandem jobs --redis redis://127.0.0.1:6379',
  flags: { redis: redisFlag },
  packages: ['bullmq', 'ioredis'],
  run: async ({ redis }) => {
    const [{ listHandedJobs }, { formatJobs }] = await Promise.all([
      import('../../api/jobs/handed-jobs.js'),
      import('../format-jobs.js'),
    ]);
    const { jobs, workers } = await listHandedJobs(redis);
    return { json: { workers, jobs }, text: formatJobs(jobs, workers) };
  },
});
