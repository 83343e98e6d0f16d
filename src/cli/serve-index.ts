import { resolve } from 'node:path';
import pino from 'pino';
import type { UnreadableImage } from '../../models/images/image-source.js';
import { readApiKeys } from '../../serving/api-keys.js';
import { createApp } from '../../serving/app.js';
import { type Listening, listen } from '../../serving/server.js';
import { keyAccess, loopbackAccess, type WriteAccess } from '../../serving/write-access.js';
import { TandemError } from '../errors/tandem-error.js';
import type { WritableIndex } from '../search/writable-index.js';
import { isFolder, type OpenSearch, openFollowingSearch, openWritableSearch, picturesFolder } from './open-search.js';
import { readPlaces } from './places.js';

export interface ServeOptions {
  readonly index: string;
  readonly host: string;
  /** 0 = any free port */
  readonly port: number;
  /** take documents over HTTP too */
  readonly writable?: boolean;
  /** file of API keys; with it, writing needs one of scope `write` */
  readonly keys?: string;
  /** requests a minute from one address */
  readonly rateLimit?: number;
  /** ends the service */
  readonly signal: AbortSignal;
  /** least grave log lines on stderr */
  readonly logLevel: 'info' | 'warn';
}

const loopbackHosts = ['127.0.0.1', '::1', 'localhost'];

/** Who may write. @throws TandemError 'usage/missing-option' where anybody in the network could */
async function writeAccess({ keys, host }: ServeOptions): Promise<WriteAccess> {
  if (keys !== undefined) return keyAccess(await readApiKeys(keys));
  if (loopbackHosts.includes(host)) return loopbackAccess;
  throw new TandemError('usage/missing-option', `--keys is missing: ${host} can be reached from other machines`);
}

async function openServed(
  index: string,
  writable: boolean,
  onFailure: (error: TandemError) => void,
  onUnreadable: (image: UnreadableImage) => void,
): Promise<{ search: OpenSearch; writer?: WritableIndex }> {
  if (!writable) return { search: await openFollowingSearch(index, { onFailure }) };
  const search = await openWritableSearch(index, { onSaveFailure: onFailure, onUnreadable });
  return { search, writer: search.index };
}

/** Opens an index and serves it until the signal. @throws TandemError 'index/*', 'model/*', 'server/port-taken' */
export async function serveIndex(options: ServeOptions): Promise<Listening> {
  const { index, host, port, signal, rateLimit, logLevel, writable } = options;
  const logger = pino({ level: logLevel }, pino.destination(2));
  const access = writable ? await writeAccess(options) : undefined;
  const { search, writer } = await openServed(
    index,
    writable ?? false,
    error => logger.error(error),
    image => logger.warn(image, 'a picture could not be read'),
  );
  const app = await createApp(
    {
      backend: search.index,
      embedder: search.embedder,
      analyze: (text, language) => search.index.analyze(text, language),
      dictionary: {
        words: () => search.index.dictionary(),
        ...(writer && { set: words => writer.setDictionary(words) }),
      },
      complete: request => search.index.complete(request),
      writing: writer && access && { writer, access },
      language: search.index.manifest.indexing.language,
      pictures: (await isFolder(picturesFolder(index))) ? resolve(picturesFolder(index)) : undefined,
      places: await readPlaces(index),
    },
    { logger, rateLimit },
  );
  return listen(app, { host, port, signal, release: () => search.close() });
}
