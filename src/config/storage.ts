import { z } from 'zod';

const address = /^s3:\/\/([a-z0-9][a-z0-9._-]{1,62})(?:\/+(.*?))?\/*$/i;

/** Address of a place in an S3-compatible store: `s3://BUCKET/PREFIX`. */
export const storageSchema = z.string().regex(address, 'expected an address such as s3://bucket/jobs');

/** @returns the prefix without a slash at its ends; empty where there is none */
export function bucketOf(storage: string): { readonly bucket: string; readonly prefix: string } {
  const [, bucket = '', prefix = ''] = address.exec(storage) ?? [];
  return { bucket, prefix };
}
