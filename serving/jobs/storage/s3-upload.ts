import { type FileHandle, open } from 'node:fs/promises';
import { isAbsent, isTaken, isUnknownThere, type S3Store } from './s3-client.js';

interface ObjectPlace {
  readonly Bucket: string;
  readonly Key: string;
}

/** What is in memory of a file that is sent. A store takes 10,000 parts, none but the last below 5 MiB. */
const partBytes = 8 * 2 ** 20;
const dropMs = 10_000;

/**
 * Sends a file under a name that it comes to stand for as a whole, unless something stands there already: whoever was first has sent the same.
 * @throws TandemError 'storage/*'; nothing then stands under the name
 */
export async function putFile(store: S3Store, place: ObjectPlace, path: string): Promise<void> {
  const file = await open(path, 'r');
  try {
    const { size } = await file.stat();
    if (size <= partBytes) await putOnce(store, place, await readPart(file, 0, size));
    else await putParts(store, place, file, size);
  } finally {
    await file.close();
  }
}

async function readPart(file: FileHandle, from: number, bytes: number): Promise<Buffer> {
  const part = Buffer.alloc(bytes);
  for (let read = 0; read < bytes; ) {
    const { bytesRead } = await file.read(part, read, bytes - read, from + read);
    if (bytesRead === 0) throw new Error('a file became shorter while it was sent');
    read += bytesRead;
  }
  return part;
}

/**
 * Writes only where nothing is; where the store does not know that, one behind the other, each whole.
 * @returns false where something is
 */
async function first(write: (condition: { readonly IfNoneMatch?: '*' }) => Promise<unknown>): Promise<boolean> {
  try {
    await write({ IfNoneMatch: '*' });
  } catch (error) {
    if (isTaken(error)) return false;
    if (!isUnknownThere(error)) throw error;
    await write({});
  }
  return true;
}

const putOnce = ({ sdk, client, ask }: S3Store, place: ObjectPlace, Body: Buffer): Promise<boolean> =>
  ask(attempt => first(condition => client.send(new sdk.PutObjectCommand({ ...place, ...condition, Body }), attempt)));

async function putParts(
  { sdk, client, ask }: S3Store,
  place: ObjectPlace,
  file: FileHandle,
  size: number,
): Promise<void> {
  const { UploadId } = await ask(attempt => client.send(new sdk.CreateMultipartUploadCommand(place), attempt));
  const upload = { ...place, UploadId };
  // what cannot be taken away now goes with the job
  const drop = (): Promise<unknown> =>
    client
      .send(new sdk.AbortMultipartUploadCommand(upload), { abortSignal: AbortSignal.timeout(dropMs) })
      .catch(() => undefined);
  try {
    const Parts: { PartNumber: number; ETag?: string }[] = [];
    for (let from = 0; from < size; from += partBytes) {
      const Body = await readPart(file, from, Math.min(partBytes, size - from));
      const PartNumber = Parts.length + 1;
      const { ETag } = await ask(attempt =>
        client.send(new sdk.UploadPartCommand({ ...upload, PartNumber, Body }), attempt),
      );
      Parts.push({ PartNumber, ETag });
    }
    const wrote = await ask(attempt =>
      first(condition =>
        client
          .send(
            new sdk.CompleteMultipartUploadCommand({ ...upload, ...condition, MultipartUpload: { Parts } }),
            attempt,
          )
          .catch(async (error: unknown) => {
            // the answer to an earlier try was lost
            if (!isAbsent(error)) throw error;
            await client.send(new sdk.HeadObjectCommand(place), attempt);
          }),
      ),
    );
    if (!wrote) await drop();
  } catch (error) {
    await drop();
    throw error;
  }
}
