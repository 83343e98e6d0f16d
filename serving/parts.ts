import type { IncomingMessage, ServerResponse } from 'node:http';
import type { FastifyRateLimitStore } from '@fastify/rate-limit';
import type { FastifyBaseLogger, FastifyInstance, RawServerDefault } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import type { GenerationInfo, IndexWriter, SearchBackend, TextEmbedder } from '../src/search/backend.js';
import type { IndexAttribute } from '../src/search/index-attributes.js';
import type { IndexFigures } from '../src/search/index-figures.js';
import type { Access } from './access.js';
import type { Admission } from './admission.js';
import type { Connections } from './connections.js';
import type { EventSink } from './events/event-log.js';
import type { JobAdmin } from './jobs/job.js';
import type { Measures } from './measures.js';

/** A country that documents come from, with the language they are in where it is one. */
export interface DocumentCountry {
  readonly country: string;
  readonly language?: string;
}

/** What is made behind a service that answers already, such as a model that is being trained. */
export interface Building {
  readonly state: 'running' | 'done' | 'failed';
  /** what is going on, or what became of it, for people */
  readonly text: string;
  /** of the present step, in [0, 1]; absent where it is not known */
  readonly share?: number;
}

/** The last generation that was added here, or is being added. */
export interface Addition extends Building {
  /** folder of the model, as it was given */
  readonly model: string;
}

/** Queries that two generations are compared by, and their judgements: query id -> document id -> gain. */
export interface ComparedQueries {
  readonly queries: readonly { readonly id: string; readonly text: string; readonly country?: string }[];
  readonly qrels?: Readonly<Record<string, Readonly<Record<string, number>>>>;
}

/** Changes with which model an index is searched. */
export interface GenerationAdmin {
  listGenerations(): Promise<readonly GenerationInfo[]>;
  addition(): Promise<Addition | undefined>;
  /**
   * Begins to add one, or goes on with it, in a process of its own.
   * @param model  its folder, on this machine
   * @throws TandemError 'generation/busy' where one is being added | 'generation/exists' | 'data/not-found' | 'model/*'
   */
  addGeneration(model: string): Promise<Addition>;
  /** @throws TandemError 'generation/*' | 'model/*' | 'files/*' */
  switchGeneration(generation: number): Promise<{ readonly generation: number; readonly before: number }>;
  /** @throws as switchGeneration, and 'generation/no-previous' */
  rollbackGeneration(): Promise<{ readonly generation: number; readonly before: number }>;
  /** @throws TandemError 'generation/unknown' | 'generation/active' | 'generation/busy' */
  dropGeneration(generation: number): Promise<void>;
  /** A generation beside the active one, as `tandem generation compare --json` prints it. @throws TandemError 'generation/*' | 'data/*' | 'evaluation/*' */
  compareGeneration(generation: number, asked: ComparedQueries): Promise<Readonly<Record<string, unknown>>>;
}

/** A copy of the index as it was at one moment. */
export interface KnownSnapshot {
  readonly name: string;
  /** ISO 8601 */
  readonly created: string;
  /** last commit inside */
  readonly sequence: number;
  readonly bytes: number;
}

/** The last snapshot that was taken here, or is being taken. */
export interface SnapshotTaking extends Building {
  readonly name: string;
}

/** Copies the index while it is served. */
export interface SnapshotAdmin {
  /** Begins one, in a process of its own. @throws TandemError 'snapshot/busy' | 'snapshot/exists' | 'files/*' */
  takeSnapshot(name: string): Promise<SnapshotTaking>;
  /** newest first; what is no whole snapshot is passed over */
  listSnapshots(): Promise<readonly KnownSnapshot[]>;
  snapshotTaking(): Promise<SnapshotTaking | undefined>;
}

/**
 * What the app is put together from. The app closes none of them: who opened them does. What is no function is read anew for every request: it
 * changes with an index that is put in the place of the one before.
 */
export interface AppParts {
  readonly backend: SearchBackend;
  /** absent: no embedding of texts */
  readonly embedder?: TextEmbedder;
  /** absent: documents and words are read alone */
  readonly writing?: IndexWriter;
  /** absent: the index is searched with the model that it has */
  readonly generations?: GenerationAdmin;
  /** absent: no snapshots are taken over HTTP */
  readonly snapshots?: SnapshotAdmin;
  /** absent: no files are embedded */
  readonly jobs?: JobAdmin;
  /** absent: no events are kept */
  readonly events?: EventSink;
  /** whether the Redis that servers share is there; absent: there is none */
  readonly redis?: () => boolean;
  /** who may do what; absent: what this machine may without keys */
  readonly access?: Access;
  /** folder of the documents' pictures */
  readonly pictures?: string;
  /** countries that the page offers */
  readonly countries?: readonly DocumentCountry[];
  /** attributes of the documents, by name; absent where they are not known */
  readonly attributes?: () => readonly IndexAttribute[];
  /** absent: nothing is being made */
  readonly building?: () => Building;
  /** how the index is; absent where it tells nothing of itself */
  readonly figures?: () => IndexFigures;
  /** figures of this process and of others that serve the same, in the Prometheus text format; absent: those of this process */
  readonly metrics?: () => Promise<{ readonly contentType: string; readonly body: string }>;
}

/** Counts a request of a key in its window. @param times  as so many; 1 when absent @returns requests in it so far, and milliseconds until it ends */
export type KeyCounts = (
  id: string,
  windowMs: number,
  most: number,
  times?: number,
) => Promise<{ readonly current: number; readonly ttl: number }>;

export interface AppOptions {
  /** silent when absent */
  readonly logger?: FastifyBaseLogger;
  /** bytes */
  readonly bodyLimit?: number;
  /** addresses and networks of proxies whose word on the client's address counts; nobody's when absent */
  readonly trustProxy?: readonly string[];
  /** requests a minute from one address; unlimited when absent */
  readonly rateLimit?: number;
  /** what counts them; this process when absent */
  readonly counts?: new () => FastifyRateLimitStore;
  /** what counts the requests of keys that have a limit; this process when absent */
  readonly keyCounts?: KeyCounts;
  /** origins of pages that may read answers, or `*`; none when absent */
  readonly allowOrigin?: readonly string[];
  /** origins of pictures that the page shows, beside its own; none when absent */
  readonly pictureOrigins?: readonly string[];
  /** whether `/metrics` is answered on a port of its own, and not here */
  readonly metricsElsewhere?: boolean;
  /** connections at once; as many as the limit of open files allows when absent */
  readonly maxConnections?: number;
  /** folder of reports that commands wrote; none are shown when absent */
  readonly reports?: string;
  /** searches of so many milliseconds are logged with their stages; none when absent */
  readonly slowQueryMs?: number;
  /** whether the texts of queries stand in the log */
  readonly logText?: boolean;
  /** see AdmissionOptions */
  readonly maxWaitMs?: number;
  /** of the app that hands requests on to this one; in place of its own */
  readonly connections?: Connections;
  /** where its routes are, when not at `/` */
  readonly servedAt?: string;
  /** in place of one that measures */
  readonly admission?: Admission;
  /** in place of its own */
  readonly measures?: Measures;
}

/** The app as routes see it: bodies and replies are typed by their zod schemas. */
export type App = FastifyInstance<
  RawServerDefault,
  IncomingMessage,
  ServerResponse,
  FastifyBaseLogger,
  ZodTypeProvider
>;
