import type { ServeOptions } from '../server/served-app.js';
import type { JobQueue } from './job-queue.js';

const usualDiskMiB = 4_096;

/** The jobs of a service that takes some. @throws TandemError 'files/*' */
export async function jobsOf({
  index,
  jobs,
  jobsDiskMiB = usualDiskMiB,
  redis,
}: Pick<ServeOptions, 'index' | 'jobs' | 'jobsDiskMiB' | 'redis'>): Promise<JobQueue | undefined> {
  if (jobs === undefined) return undefined;
  const [{ openJobQueue }, { embedWork }] = await Promise.all([import('./job-queue.js'), import('./embed-jobs.js')]);
  return openJobQueue(jobs, embedWork(index, redis), { diskBytes: jobsDiskMiB * 2 ** 20 });
}
