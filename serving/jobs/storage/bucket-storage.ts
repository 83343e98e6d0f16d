import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, extname, join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { bucketOf } from '../../../src/config/storage.js';
import { asFileError } from '../../../src/files/atomic.js';
import type { JobStorage } from './job-storage.js';
import { isAbsent, openS3, type S3Store } from './s3-client.js';
import { putFile } from './s3-upload.js';

/** Requests that are under way at once, of those that go over many objects. */
const atOnce = 8;

/**
 * What begins with a prefix in a bucket. An object comes to stand by one request, or by the one that completes its parts; what is kept for good is never replaced where the store knows
 * `If-None-Match`.
 * @throws TandemError 'package/unavailable' | 'storage/refused'
 */
export function bucketStorage(address: string): JobStorage {
  return prefixStorage(openS3(address), address);
}

/** Where a job keeps its shards that writes a file of a machine: one place for each path. */
export const bucketPlace = (storage: string, out: string): string => {
  const name = basename(out).replace(/[^A-Za-z0-9._-]/g, '_');
  const path = createHash('sha256').update(out).digest('hex').slice(0, 8);
  return `${storage.replace(/\/+$/, '')}/${name}.shards-${path}`;
};

function prefixStorage(store: S3Store, address: string): JobStorage {
  const { sdk, client, ask } = store;
  const { bucket: Bucket, prefix } = bucketOf(address);
  const base = prefix === '' ? '' : `${prefix}/`;
  const keyOf = (name: string): string => base + name;
  const get = (name: string) => new sdk.GetObjectCommand({ Bucket, Key: keyOf(name) });
  const take = (Key: string): Promise<unknown> =>
    ask(attempt => client.send(new sdk.DeleteObjectCommand({ Bucket, Key }), attempt));

  async function list(delimiter?: string): Promise<string[]> {
    const found: string[] = [];
    let ContinuationToken: string | undefined;
    do {
      const command = new sdk.ListObjectsV2Command({ Bucket, Prefix: base, Delimiter: delimiter, ContinuationToken });
      const page = await ask(attempt => client.send(command, attempt));
      for (const { Key } of page.Contents ?? []) if (Key !== undefined) found.push(Key.slice(base.length));
      for (const { Prefix } of page.CommonPrefixes ?? []) if (Prefix) found.push(Prefix.slice(base.length, -1));
      ContinuationToken = page.NextContinuationToken;
    } while (ContinuationToken !== undefined);
    return found.filter(name => name !== '');
  }

  /** Parts of objects that were never completed. Stores that know of none say so, and keep none. */
  async function dropParts(): Promise<void> {
    const open = await client
      .send(new sdk.ListMultipartUploadsCommand({ Bucket, Prefix: base }), { abortSignal: AbortSignal.timeout(10_000) })
      .catch(() => undefined);
    for (const { Key, UploadId } of open?.Uploads ?? [])
      await client
        .send(new sdk.AbortMultipartUploadCommand({ Bucket, Key, UploadId }), {
          abortSignal: AbortSignal.timeout(10_000),
        })
        .catch(() => undefined);
  }

  async function download(name: string, path: string): Promise<void> {
    await ask(async ({ abortSignal, heard }) => {
      const { Body, ContentLength } = await client.send(get(name), { abortSignal });
      if (!(Body instanceof Readable)) throw new Error(`${name} came without content`);
      let bytes = 0;
      const counted = async function* (pieces: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
        for await (const piece of pieces) {
          bytes += piece.length;
          heard();
          yield piece;
        }
      };
      await pipeline(Body, counted, createWriteStream(path), { signal: abortSignal });
      if (ContentLength !== undefined && bytes !== ContentLength)
        throw Object.assign(new Error(`${name} broke off`), { code: 'ECONNRESET' });
    }).catch((error: unknown) => {
      throw asFileError(path, error);
    });
  }

  return {
    address,
    begin: async () => undefined,
    names: () => list('/'),
    async has(name) {
      // HEAD would not say whether the bucket, the key or the right is missing
      const command = new sdk.ListObjectsV2Command({ Bucket, Prefix: keyOf(name), MaxKeys: 1 });
      const { Contents = [] } = await ask(attempt => client.send(command, attempt));
      return Contents.some(({ Key }) => Key === keyOf(name));
    },
    read: name =>
      ask(async attempt => {
        try {
          const { Body } = await client.send(get(name), attempt);
          return (await Body?.transformToString()) ?? '';
        } catch (error) {
          if (isAbsent(error)) return undefined;
          throw error;
        }
      }),
    write: async (name, text) => {
      const command = new sdk.PutObjectCommand({ Bucket, Key: keyOf(name), Body: Buffer.from(text) });
      await ask(attempt => client.send(command, attempt));
    },
    async keep(name, make) {
      const folder = await mkdtemp(join(tmpdir(), 'tandem-shard-'));
      try {
        const path = join(folder, `shard${extname(name)}`);
        await make(path);
        await putFile(store, { Bucket, Key: keyOf(name) }, path);
      } finally {
        await rm(folder, { recursive: true, force: true });
      }
    },
    async lend(names, folder, use) {
      await mkdir(folder, { recursive: true });
      const paths = names.map(name => join(folder, name));
      try {
        await eachOf(names, name => download(name, join(folder, name)));
        return await use(paths);
      } finally {
        await Promise.all(paths.map(path => rm(path, { force: true })));
      }
    },
    async remove(names) {
      if (names !== undefined) return eachOf(names, name => take(keyOf(name)));
      // the manifest first: who comes late for the job sees that it is not wanted
      const all = await list();
      const manifests = all.filter(name => /(^|\/)job\.json$/.test(name));
      for (const some of [manifests, all]) await eachOf(some, name => take(keyOf(name)));
      await dropParts();
    },
    inside: name => prefixStorage(store, `${address}/${name}`),
    isLitter: () => false,
  };
}

/** Goes over many, several at once; all of them have come to an end when it does. */
async function eachOf(names: readonly string[], act: (name: string) => Promise<unknown>): Promise<void> {
  const left = [...names].reverse();
  const work = async (): Promise<void> => {
    for (let name = left.pop(); name !== undefined; name = left.pop()) {
      await act(name).catch((error: unknown) => {
        left.length = 0;
        throw error;
      });
    }
  };
  const ended = await Promise.allSettled(Array.from({ length: atOnce }, work));
  for (const end of ended) if (end.status === 'rejected') throw end.reason;
}
