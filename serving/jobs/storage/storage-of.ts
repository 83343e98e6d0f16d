import { folderStorage } from './folder-storage.js';
import type { JobStorage } from './job-storage.js';

const inBucket = /^s3:\/\//;

/**
 * The storage of an address, which a machine tells another: a path, or s3://BUCKET/PREFIX.
 * @throws TandemError 'package/unavailable' where a bucket needs a package that is not installed | 'storage/*'
 */
export async function storageOf(address: string): Promise<JobStorage> {
  if (!inBucket.test(address)) return folderStorage(address);
  const { bucketStorage } = await import('./bucket-storage.js');
  return bucketStorage(address);
}
