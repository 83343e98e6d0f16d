import { randomBytes, randomUUID } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { inspect } from 'node:util';
import type * as S3 from '@aws-sdk/client-s3';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { bucketStorage } from '../../serving/jobs/storage/bucket-storage.js';
import { requirePackage } from '../../src/config/optional-packages.js';
import { storageContract } from '../serving/jobs/storage-contract.js';
import { bucket, hasObjectStore, type ObjectStore, startObjectStore } from './object-store.js';

let store: ObjectStore;
const setEnvironment = (more: Record<string, string | undefined> = {}): void => {
  for (const [name, value] of Object.entries({ ...store.environment, AWS_SESSION_TOKEN: undefined, ...more }))
    vi.stubEnv(name, value);
};
const somewhere = (): string => `s3://${bucket}/jobs/${randomUUID()}`;
/** A client of its own, to look at what there is. */
function client(): S3.S3Client {
  const { S3Client } = requirePackage<typeof S3>('@aws-sdk/client-s3');
  return new S3Client({ endpoint: store.environment.AWS_ENDPOINT_URL_S3, forcePathStyle: true });
}

beforeAll(async () => {
  if (!hasObjectStore) return;
  store = await startObjectStore();
  setEnvironment();
}, 600_000);
afterEach(() => setEnvironment());
afterAll(async () => {
  vi.unstubAllEnvs();
  await store?.remove();
});

describe.skipIf(!hasObjectStore)('with a real store', () => {
  storageContract('a bucket', async () => bucketStorage(somewhere()));

  it('keeps what was first, and says so to nobody', async () => {
    const storage = bucketStorage(somewhere());
    await storage.keep('00000000.jsonl', path => writeFile(path, 'first'));
    await storage.keep('00000000.jsonl', path => writeFile(path, 'second'));
    expect(await storage.read('00000000.jsonl')).toBe('first');
    const [first, second] = [randomBytes(9 * 2 ** 20), randomBytes(9 * 2 ** 20)];
    for (const bytes of [first, second]) await storage.keep('00000001.jsonl', path => writeFile(path, bytes));
    const { HeadObjectCommand, ListMultipartUploadsCommand } = requirePackage<typeof S3>('@aws-sdk/client-s3');
    const Key = `${storage.address.slice(`s3://${bucket}/`.length)}/00000001.jsonl`;
    expect((await client().send(new HeadObjectCommand({ Bucket: bucket, Key }))).ContentLength).toBe(first.length);
    const parts = await client().send(new ListMultipartUploadsCommand({ Bucket: bucket, Prefix: Key }));
    expect(parts.Uploads ?? []).toEqual([]);
  });

  it('leaves no parts of what was never completed, once the job is gone', async () => {
    const storage = bucketStorage(somewhere());
    const sdk = requirePackage<typeof S3>('@aws-sdk/client-s3');
    const Key = `${storage.address.slice(`s3://${bucket}/`.length)}/00000001.jsonl`;
    await client().send(new sdk.CreateMultipartUploadCommand({ Bucket: bucket, Key }));
    const open = async () =>
      (await client().send(new sdk.ListMultipartUploadsCommand({ Bucket: bucket, Prefix: Key }))).Uploads ?? [];
    expect(await open()).toHaveLength(1);
    expect(await storage.names()).toEqual([]);
    await storage.remove();
    expect(await open()).toEqual([]);
  });

  it('tells more than a page of names, and takes them all away', async () => {
    const storage = bucketStorage(somewhere());
    const names = Array.from({ length: 1_030 }, (_, i) => `${String(i).padStart(8, '0')}.json`);
    for (let from = 0; from < names.length; from += 32)
      await Promise.all(names.slice(from, from + 32).map(name => storage.write(name, '{}')));
    expect(await storage.names()).toEqual(names);
    await storage.remove();
    expect(await storage.names()).toEqual([]);
  });

  it('says which bucket is not there', async () => {
    const storage = bucketStorage('s3://not-there/jobs');
    const failure = { code: 'storage/no-bucket', message: expect.stringMatching(/^s3:\/\/not-there\/jobs at http:/) };
    await expect(storage.names()).rejects.toMatchObject(failure);
    await expect(storage.has('a')).rejects.toMatchObject(failure);
    await expect(storage.read('a')).rejects.toMatchObject(failure);
    await expect(storage.write('a', 'b')).rejects.toMatchObject(failure);
    await expect(storage.keep('a.jsonl', path => writeFile(path, 'b'))).rejects.toMatchObject(failure);
  });

  it.each([
    ['another secret', { AWS_SECRET_ACCESS_KEY: 'not-the-secret' }],
    ['another key', { AWS_ACCESS_KEY_ID: 'not-the-key' }],
    ['no key', { AWS_ACCESS_KEY_ID: undefined, AWS_SECRET_ACCESS_KEY: undefined }],
  ])('says that it is denied with %s, and tells no secret', async (_, environment) => {
    setEnvironment({ AWS_SESSION_TOKEN: 'token-of-a-session', ...environment });
    const storage = bucketStorage(somewhere());
    const questions = [
      () => storage.names(),
      () => storage.has('a'),
      () => storage.read('a'),
      () => storage.write('a', 'b'),
    ];
    for (const ask of questions) {
      const error = await ask().then(
        () => undefined,
        (reason: unknown) => reason,
      );
      expect(error).toMatchObject({ code: 'storage/denied' });
      expect(inspect(error, { depth: null, showHidden: true })).not.toMatch(/not-the|secret-of|token-of/);
    }
  });

  it('waits for a store that comes back, and gives one up that does not answer', async () => {
    const storage = bucketStorage(somewhere());
    await store.kill();
    const asked = storage.write('a', 'b');
    await new Promise(resolve => setTimeout(resolve, 1_000));
    await store.start();
    await asked;
    expect(await storage.read('a')).toBe('b');
    store.stall();
    try {
      const failure = { code: 'storage/unreachable', message: expect.stringContaining('not answered for 20 s') };
      await expect(storage.keep('b.jsonl', path => writeFile(path, 'b'))).rejects.toMatchObject(failure);
    } finally {
      store.go();
    }
  });

  it('refuses what is no address of an endpoint', () => {
    setEnvironment({ AWS_ENDPOINT_URL_S3: '127.0.0.1:7070' });
    expect(() => bucketStorage(somewhere())).toThrow(expect.objectContaining({ code: 'storage/refused' }));
  });
});
