import { resolve } from 'node:path';
import pino, { type Logger } from 'pino';
import { type Access, keyAccess, loopbackAccess, namedAccess } from '../../../serving/access.js';
import { createApp } from '../../../serving/app.js';
import { readKeyFile } from '../../../serving/keys/key-file.js';
import { openLiveKeys } from '../../../serving/keys/live-keys.js';
import type { App, AppOptions, AppParts, Building, DocumentCountry } from '../../../serving/parts.js';
import type { ProbedService } from '../../../serving/probes.js';
import type { Listening } from '../../../serving/server.js';
import type { LogLevel } from '../../config/log-levels.js';
import { TandemError } from '../../errors/tandem-error.js';
import type { CursorCache } from '../../search/cursors.js';
import { missingGraphWarning } from '../../search/derive.js';
import type { EmbeddedIndex } from '../../search/embedded-backend.js';
import type { FollowingIndex } from '../../search/follow-index.js';
import type { WritableIndex } from '../../search/writable-index.js';
import { picturesFolder } from '../indexes/index-models.js';
import {
  type OpenSearch,
  openFollowingSearch,
  openWritableSearch,
  type ServedCompanions,
} from '../indexes/open-search.js';
import { readPlaces } from '../indexes/places.js';
import type { CreateServerOptions } from '../options.js';

/** As the library is told them, with what it leaves to defaults. */
export interface ServeOptions extends Omit<CreateServerOptions, 'log' | 'index' | 'root'> {
  readonly index: string;
  readonly host: string;
  readonly port: number;
  /** what is made behind the service, for the page */
  readonly building?: () => Building;
  /** ends the service */
  readonly signal: AbortSignal;
  /** least grave log lines on stderr */
  readonly logLevel: LogLevel;
}

/** A service that listens, whatever it is made of. */
export interface ListeningService extends Listening {
  /** reads again what may change while the service runs: the file of keys */
  reread(): Promise<void>;
  readonly service: ProbedService;
}

const loopbackHosts = ['127.0.0.1', '::1', 'localhost'];

/** Who may do what, as it is now. */
export interface OpenedAccess {
  readonly access: Access;
  /** reads the file of keys again, where there is one */
  reread(): Promise<void>;
  close(): void;
}

/** Says what is wrong before anything is opened. @throws TandemError as openAccess */
export async function checkAccess(options: ProcessOptions): Promise<void> {
  if (options.keys !== undefined) return void (await readKeyFile(options.keys));
  keylessAccess(options);
  if (options.allowOrigin?.includes('*'))
    throw new TandemError('usage/missing-option', 'keys is missing: without keys, not every page may read answers', {
      option: 'keys',
    });
}

/** @throws TandemError 'data/not-found' | 'config/bad-value' of a file of keys | 'usage/missing-option' where anybody in the network could write */
export async function openAccess(options: ProcessOptions, logger: Logger): Promise<OpenedAccess> {
  const { keys: file } = options;
  if (file === undefined)
    return { access: keylessAccess(options), reread: async () => undefined, close: () => undefined };
  const keys = await openLiveKeys(file, {
    onChanged: number => logger.info({ keys: number }, 'the file of keys was read again'),
    onFailure: error => logger.error(error, 'the file of keys cannot be read; the keys stay as they were'),
  });
  return { access: keyAccess(keys), reread: keys.reread, close: keys.close };
}

function keylessAccess({ host, trustProxy, allowHost = [], writable }: ProcessOptions): Access {
  const names = allowHost.map(name => name.toLowerCase());
  const isLocal = loopbackHosts.includes(host);
  if (writable && !(isLocal && trustProxy === undefined)) {
    const message = `keys is missing: ${host} can be reached from other machines${trustProxy ? ' through the proxy' : ''}`;
    throw new TandemError('usage/missing-option', message, { option: 'keys' });
  }
  return isLocal ? loopbackAccess(names) : namedAccess(names);
}

/** What every process of a service is told. */
export type ProcessOptions = Omit<ServeOptions, 'signal' | 'building' | 'workers'>;

/** What is served, and what changes of it with the index. */
export interface Served<I extends EmbeddedIndex = EmbeddedIndex> {
  readonly search: OpenSearch<I>;
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

/** Lines are written beside requests, several at once where they come fast; what is left when the process ends is written then. */
export const loggerOf = ({ logLevel }: Pick<ServeOptions, 'logLevel'>): Logger =>
  pino({ level: logLevel }, pino.destination({ dest: 2, sync: false }));

/** Opens an index for searching and writing. */
export async function openToWrite(folder: string, logger: Logger): Promise<Served<WritableIndex>> {
  const onFailure = logOnce(logger);
  const search = await openWritableSearch(folder, {
    onSaveFailure: onFailure,
    onFault: onFailure,
    onUnreadable: image => logger.warn(image, 'a picture could not be read'),
  });
  const places = await readPlaces(folder);
  return { search, places: () => places };
}

/** Opens an index that another process may write to. @param cursors  rankings that people page through; its own when absent */
export async function openToRead(
  folder: string,
  logger: Logger,
  cursors?: CursorCache,
): Promise<Served<FollowingIndex<ServedCompanions>>> {
  const search = await openFollowingSearch(folder, {
    cursors,
    onFailure: logOnce(logger),
    onTaken: ({ modelId, documents }) => logger.info({ modelId, documents }, 'another index was taken up'),
  });
  return { search, places: () => search.index.companions.places };
}

/**
 * The app over an opened index.
 * @param given  parts in place of those of this process
 */
export async function serveApp(
  { search, places }: Served,
  options: ProcessOptions,
  logger: Logger,
  given: Pick<AppParts, 'access'> &
    Partial<
      Pick<
        AppParts,
        'backend' | 'writing' | 'generations' | 'snapshots' | 'jobs' | 'events' | 'building' | 'metrics' | 'redis'
      >
    >,
  own: Pick<AppOptions, 'counts' | 'keyCounts' | 'measures' | 'admission' | 'connections' | 'servedAt'> = {},
): Promise<App> {
  const { index, rateLimit, trustProxy, maxWaitMs, maxConnections, allowOrigin, metricsPort } = options;
  const { slowQueryMs, logText, pictureOrigins, reports } = options;
  const parts: AppParts = {
    backend: search.index,
    figures: () => search.index.figures(),
    attributes: () => search.index.attributes(),
    ...given,
    get embedder() {
      return search.embedder;
    },
    pictures: resolve(picturesFolder(index)),
    get countries() {
      return places();
    },
  };
  const metricsElsewhere = metricsPort !== undefined;
  const limits = { rateLimit, trustProxy, maxWaitMs, maxConnections };
  const told = { slowQueryMs, logText, pictureOrigins, reports };
  return createApp(parts, { logger, ...limits, allowOrigin, metricsElsewhere, ...told, ...own });
}

export function tellMissingGraph({ search }: Served, logger: Logger): void {
  const warning = missingGraphWarning(search.index.vectorKind, search.index.manifest);
  if (warning !== undefined) logger.warn(warning);
}
