import type { RuleInput } from '../../src/curation/rule.js';
import type { Filter } from '../../src/query/filter.js';
import type {
  ChangeResult,
  ChangeWriter,
  Deletion,
  DeletionOptions,
  DictionaryChange,
  IndexWriter,
  Receipt,
  SearchBackend,
} from '../../src/search/backend.js';
import type { DocumentChange } from '../../src/search/patch-documents.js';
import type { DictionaryWord } from '../../src/text/dictionary.js';
import type { JobAdmin } from '../jobs/job.js';
import type { Figures } from '../measures.js';
import type { GenerationAdmin, SnapshotAdmin } from '../parts.js';
import type { Readiness } from '../routes/health.js';
import { type Peer, received, type SentError, sendable } from './calls.js';

export type SentResult = { readonly receipt: Receipt } | { readonly error: SentError };
type NextPage = Awaited<ReturnType<SearchBackend['next']>>;

/** What changes an index: done by one process, asked of by those that answer clients. */
export interface WriteCalls {
  /** @param within  the documents that the changes may see and make; all when absent */
  write(changes: readonly DocumentChange[], within?: Filter): Promise<Receipt>;
  writeEach(changes: readonly DocumentChange[], within?: Filter): Promise<readonly SentResult[]>;
  deleteMatching(filter: Filter, options?: DeletionOptions, within?: Filter): Promise<Deletion>;
  setDictionary(words: readonly DictionaryWord[]): Promise<DictionaryChange>;
  setSynonyms(rules: readonly string[]): Promise<Receipt>;
  setRules(rules: readonly RuleInput[]): Promise<Receipt>;
}

/** What the process that answers no client, but keeps the others, is asked by readers. */
export interface KeeperCalls extends WriteCalls, GenerationAdmin, SnapshotAdmin, JobAdmin {
  /** A page of a ranking that another reader keeps. */
  next(reader: number, cursor: string, k: number, within?: Filter): Promise<NextPage>;
  /** Counts a request of an address, whichever reader it came to. @param windowMs  @param most  requests in it */
  count(address: string, windowMs: number, most: number): Promise<{ readonly current: number; readonly ttl: number }>;
  /** The same for a key. */
  countKey(
    id: string,
    windowMs: number,
    most: number,
    times?: number,
  ): Promise<{ readonly current: number; readonly ttl: number }>;
  /** Keeps rows of events. @throws as EventSink */
  appendEvents(rows: readonly object[]): Promise<void>;
  /** the figures of all processes, for Prometheus */
  metrics(): Promise<{ readonly contentType: string; readonly body: string }>;
}

/** What a process that answers clients is asked. In this order: open, takeIn, listen. */
export interface ReaderCalls<O> {
  open(options: O, reader: number): Promise<void>;
  /** Sees this commit, and with it all before, in every search from now on. */
  takeIn(sequence: number): Promise<void>;
  /** @returns where */
  listen(): Promise<string>;
  next(cursor: string, k: number, within?: Filter): Promise<NextPage>;
  metrics(): Promise<Figures>;
  /** @throws TandemError 'server/not-ready' */
  ready(): Promise<Readiness>;
  /** Reads the file of keys again. */
  reread(): Promise<void>;
  /** Answers what is in flight, then ends. */
  close(): Promise<void>;
}

export interface WriterCalls<O> extends WriteCalls, GenerationAdmin {
  open(options: O): Promise<void>;
  /** commits that a start would replay */
  unsaved(): Promise<number>;
  close(): Promise<void>;
}

/** A writer as another process asks it. */
export const sendWrites = (writer: IndexWriter): WriteCalls => ({
  write: (changes, within) => writerWithin(writer, within).write(changes),
  writeEach: async (changes, within) => (await writerWithin(writer, within).writeEach(changes)).map(sentResult),
  deleteMatching: (filter, options, within) => writerWithin(writer, within).deleteMatching(filter, options),
  setDictionary: words => writer.setDictionary(words),
  setSynonyms: rules => writer.setSynonyms(rules),
  setRules: rules => writer.setRules(rules),
});

const writerWithin = (
  writer: Pick<IndexWriter, 'filteredWriter'> & ChangeWriter,
  within: Filter | undefined,
): ChangeWriter => (within === undefined ? writer : writer.filteredWriter(within));

/** The other way round. */
export const writeBy = (calls: WriteCalls): IndexWriter => ({
  ...changesBy(calls),
  filteredWriter: filter => changesBy(calls, filter),
  setDictionary: words => calls.setDictionary(words),
  setSynonyms: rules => calls.setSynonyms(rules),
  setRules: rules => calls.setRules(rules),
});

const changesBy = (calls: WriteCalls, within?: Filter): ChangeWriter => ({
  write: changes => calls.write(changes, within),
  writeEach: async changes => (await calls.writeEach(changes, within)).map(receivedResult),
  deleteMatching: (filter, options) => calls.deleteMatching(filter, options, within),
});

const sentResult = (result: ChangeResult): SentResult =>
  typeof result === 'object' ? { error: sendable(result) } : { receipt: result };

const receivedResult = (result: SentResult): ChangeResult =>
  'error' in result ? received(result.error) : result.receipt;

/** Generations that another process changes. @param admin  asked anew each time: that process may have been replaced */
export const generationsBy = (admin: () => GenerationAdmin | Promise<GenerationAdmin>): GenerationAdmin => ({
  listGenerations: async () => (await admin()).listGenerations(),
  addition: async () => (await admin()).addition(),
  addGeneration: async model => (await admin()).addGeneration(model),
  switchGeneration: async generation => (await admin()).switchGeneration(generation),
  rollbackGeneration: async () => (await admin()).rollbackGeneration(),
  dropGeneration: async generation => (await admin()).dropGeneration(generation),
  compareGeneration: async (generation, asked) => (await admin()).compareGeneration(generation, asked),
});

/** The same as they are asked over a channel. */
export const generationsOver = ({
  ask,
}: Pick<Peer<Pick<GenerationAdmin, keyof GenerationAdmin>>, 'ask'>): GenerationAdmin => ({
  listGenerations: () => ask('listGenerations'),
  addition: () => ask('addition'),
  addGeneration: model => ask('addGeneration', model),
  switchGeneration: generation => ask('switchGeneration', generation),
  rollbackGeneration: () => ask('rollbackGeneration'),
  dropGeneration: generation => ask('dropGeneration', generation),
  compareGeneration: (generation, asked) => ask('compareGeneration', generation, asked),
});

/** Snapshots that another process takes. */
export const snapshotsOver = ({ ask }: Pick<Peer<Pick<SnapshotAdmin, keyof SnapshotAdmin>>, 'ask'>): SnapshotAdmin => ({
  takeSnapshot: name => ask('takeSnapshot', name),
  listSnapshots: () => ask('listSnapshots'),
  snapshotTaking: () => ask('snapshotTaking'),
});

/** Jobs that are done here. @param admin  asked anew each time; it throws where none are */
export const jobsBy = (admin: () => JobAdmin): JobAdmin => ({
  listJobs: async owner => admin().listJobs(owner),
  job: async (id, owner) => admin().job(id, owner),
  reserveJob: async request => admin().reserveJob(request),
  submitJob: async id => admin().submitJob(id),
  abandonJob: async id => admin().abandonJob(id),
  removeJob: async (id, owner) => admin().removeJob(id, owner),
  jobFile: async (id, file, owner) => admin().jobFile(id, file, owner),
});

/** The same as they are asked for over a channel. */
export const jobsOver = ({ ask }: Pick<Peer<Pick<JobAdmin, keyof JobAdmin>>, 'ask'>): JobAdmin => ({
  listJobs: owner => ask('listJobs', owner),
  job: (id, owner) => ask('job', id, owner),
  reserveJob: request => ask('reserveJob', request),
  submitJob: id => ask('submitJob', id),
  abandonJob: id => ask('abandonJob', id),
  removeJob: (id, owner) => ask('removeJob', id, owner),
  jobFile: (id, file, owner) => ask('jobFile', id, file, owner),
});
