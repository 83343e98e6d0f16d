import { LRUCache } from 'lru-cache';
import pino from 'pino';
import { createApp } from '../../serving/app.js';
import { type Listening, listen } from '../../serving/server.js';
import { type Analyzer, createAnalyzer } from '../text/analyzer.js';
import { isFolder, openSearch, picturesFolder } from './open-search.js';
import { readPlaces } from './places.js';

export interface ServeOptions {
  readonly index: string;
  readonly host: string;
  /** 0 = any free port */
  readonly port: number;
  /** requests a minute from one address */
  readonly rateLimit?: number;
  /** ends the service */
  readonly signal: AbortSignal;
  /** least grave log lines on stderr */
  readonly logLevel: 'info' | 'warn';
}

/** Analyzers are kept by tag: making one reads its stop words and stemmer. */
const keptAnalyzers = 64;

/** Opens an index and serves it until the signal. @throws TandemError 'index/*', 'model/*', 'server/port-taken' */
export async function serveIndex(options: ServeOptions): Promise<Listening> {
  const { index, host, port, signal, rateLimit, logLevel } = options;
  const search = await openSearch(index);
  const analyzers = new LRUCache<string, Analyzer>({ max: keptAnalyzers, memoMethod: createAnalyzer });
  const app = await createApp(
    {
      backend: search.index,
      embedder: search.embedder,
      analyze: (text, language) => analyzers.memo(language).steps(text),
      language: search.index.manifest.indexing.language,
      pictures: (await isFolder(picturesFolder(index))) ? picturesFolder(index) : undefined,
      places: await readPlaces(index),
    },
    { logger: pino({ level: logLevel }, pino.destination(2)), rateLimit },
  );
  return listen(app, { host, port, signal, release: () => search.close() });
}
