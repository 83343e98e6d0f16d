import type { RuleInput } from '../../src/curation/rule.js';
import type { Filter } from '../../src/query/filter.js';
import type {
  ChangeResult,
  Deletion,
  DeletionOptions,
  DictionaryChange,
  IndexWriter,
  Receipt,
  SearchBackend,
} from '../../src/search/backend.js';
import type { DocumentChange } from '../../src/search/patch-documents.js';
import type { DictionaryWord } from '../../src/text/dictionary.js';
import type { Figures } from '../measures.js';
import type { GenerationAdmin } from '../parts.js';
import { type Peer, received, type SentError, sendable } from './calls.js';

export type SentResult = { readonly receipt: Receipt } | { readonly error: SentError };
type NextPage = Awaited<ReturnType<SearchBackend['next']>>;

/** What changes an index: done by one process, asked of by those that answer clients. */
export interface WriteCalls {
  write(changes: readonly DocumentChange[]): Promise<Receipt>;
  writeEach(changes: readonly DocumentChange[]): Promise<readonly SentResult[]>;
  deleteMatching(filter: Filter, options?: DeletionOptions): Promise<Deletion>;
  setDictionary(words: readonly DictionaryWord[]): Promise<DictionaryChange>;
  setSynonyms(rules: readonly string[]): Promise<Receipt>;
  setRules(rules: readonly RuleInput[]): Promise<Receipt>;
}

/** What the process that answers no client, but keeps the others, is asked by readers. */
export interface KeeperCalls extends WriteCalls, GenerationAdmin {
  /** A page of a ranking that another reader keeps. */
  next(reader: number, cursor: string, k: number): Promise<NextPage>;
  /** Counts a request of an address, whichever reader it came to. @param windowMs  @param most  requests in it */
  count(address: string, windowMs: number, most: number): Promise<{ readonly current: number; readonly ttl: number }>;
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
  next(cursor: string, k: number): Promise<NextPage>;
  metrics(): Promise<Figures>;
  /** Answers what is in flight, then ends. */
  close(): Promise<void>;
}

export interface WriterCalls<O> extends WriteCalls, GenerationAdmin {
  open(options: O): Promise<void>;
  close(): Promise<void>;
}

/** A writer as another process asks it. */
export const sendWrites = (writer: IndexWriter): WriteCalls => ({
  write: changes => writer.write(changes),
  writeEach: async changes => (await writer.writeEach(changes)).map(sentResult),
  deleteMatching: (filter, options) => writer.deleteMatching(filter, options),
  setDictionary: words => writer.setDictionary(words),
  setSynonyms: rules => writer.setSynonyms(rules),
  setRules: rules => writer.setRules(rules),
});

/** The other way round. */
export const writeBy = (calls: WriteCalls): IndexWriter => ({
  write: changes => calls.write(changes),
  writeEach: async changes => (await calls.writeEach(changes)).map(receivedResult),
  deleteMatching: (filter, options) => calls.deleteMatching(filter, options),
  setDictionary: words => calls.setDictionary(words),
  setSynonyms: rules => calls.setSynonyms(rules),
  setRules: rules => calls.setRules(rules),
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
