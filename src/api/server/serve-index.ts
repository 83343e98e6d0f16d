import { resolve } from 'node:path';
import pino, { type Logger } from 'pino';
import { type Access, keyAccess, loopbackAccess, openAccess } from '../../../serving/access.js';
import { readApiKeys } from '../../../serving/api-keys.js';
import { createApp } from '../../../serving/app.js';
import type { AppParts, Building, DocumentCountry } from '../../../serving/parts.js';
import { type Listening, listen } from '../../../serving/server.js';
import { TandemError } from '../../errors/tandem-error.js';
import { missingGraphWarning } from '../../search/derive.js';
import type { WritableIndex } from '../../search/writable-index.js';
import { type OpenSearch, openFollowingSearch, openWritableSearch, picturesFolder } from '../indexes/open-search.js';
import { readPlaces } from '../indexes/places.js';

/** From the most talkative to none. */
export const logLevels = ['debug', 'info', 'warn', 'error', 'silent'] as const;
export type LogLevel = (typeof logLevels)[number];

export interface ServeOptions {
  readonly index: string;
  readonly host: string;
  /** 0 = any free port */
  readonly port: number;
  /** take documents over HTTP too */
  readonly writable?: boolean;
  /** file of API keys; with it, nothing but the probes is answered without one */
  readonly keys?: string;
  /** names under which it is asked without keys, beside those of this machine */
  readonly allowHost?: readonly string[];
  /** addresses and networks of proxies before the service, whose word on the client's address counts */
  readonly trustProxy?: readonly string[];
  /** requests a minute from one address */
  readonly rateLimit?: number;
  /** connections at once */
  readonly maxConnections?: number;
  /** milliseconds of work that may stand before a request while load lasts */
  readonly maxWaitMs?: number;
  /** what is made behind the service, for the page */
  readonly building?: () => Building;
  /** ends the service */
  readonly signal: AbortSignal;
  /** least grave log lines on stderr */
  readonly logLevel: LogLevel;
}

const loopbackHosts = ['127.0.0.1', '::1', 'localhost'];

/** Who may do what. @throws TandemError 'usage/missing-option' where anybody in the network could write */
async function accessOf({ keys, host, trustProxy, allowHost = [], writable }: ServeOptions): Promise<Access> {
  if (keys !== undefined) return keyAccess(await readApiKeys(keys));
  const names = allowHost.map(name => name.toLowerCase());
  const isLocal = loopbackHosts.includes(host);
  if (writable && !(isLocal && trustProxy === undefined)) {
    const message = `keys is missing: ${host} can be reached from other machines${trustProxy ? ' through the proxy' : ''}`;
    throw new TandemError('usage/missing-option', message, { option: 'keys' });
  }
  return isLocal ? loopbackAccess(names) : openAccess(names);
}

/** What is served, and what changes of it with the index. */
interface Served {
  readonly search: OpenSearch;
  readonly writer?: WritableIndex;
  readonly places: () => readonly DocumentCountry[];
}

/** Logs a failure that comes again and again once. */
function logOnce(logger: Logger): (error: TandemError) => void {
  let last: string | undefined;
  return error => {
    if (error.message !== last) logger.error(error);
    last = error.message;
  };
}

async function openServed(folder: string, writable: boolean, logger: Logger): Promise<Served> {
  const onFailure = logOnce(logger);
  if (writable) {
    const search = await openWritableSearch(folder, {
      onSaveFailure: onFailure,
      onFault: onFailure,
      onUnreadable: image => logger.warn(image, 'a picture could not be read'),
    });
    const places = await readPlaces(folder);
    return { search, writer: search.index, places: () => places };
  }
  const search = await openFollowingSearch(folder, {
    onFailure,
    onTaken: ({ modelId, documents }) => logger.info({ modelId, documents }, 'another index was taken up'),
  });
  return { search, places: () => search.index.companions.places };
}

/** Opens an index and serves it until the signal. @throws TandemError 'index/*', 'model/*', 'server/port-taken' */
export async function serveIndex(options: ServeOptions): Promise<Listening> {
  const { index, host, port, signal, rateLimit, logLevel, writable, building, trustProxy, maxWaitMs, maxConnections } =
    options;
  const logger = pino({ level: logLevel }, pino.destination(2));
  const access = await accessOf(options);
  const { search, writer, places } = await openServed(index, writable ?? false, logger);
  const warning = missingGraphWarning(search.index.vectorKind, search.index.manifest);
  if (warning !== undefined) logger.warn(warning);
  const parts: AppParts = {
    backend: search.index,
    get embedder() {
      return search.embedder;
    },
    writing: writer,
    access,
    pictures: resolve(picturesFolder(index)),
    building,
    get countries() {
      return places();
    },
  };
  const app = await createApp(parts, { logger, rateLimit, trustProxy, maxWaitMs, maxConnections });
  return listen(app, { host, port, signal, release: () => search.close() });
}
