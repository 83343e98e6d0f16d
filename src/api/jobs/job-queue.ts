import { randomUUID } from 'node:crypto';
import { rm, stat } from 'node:fs/promises';
import type { Job, JobAdmin, JobPlace, JobRequest, StoredJob } from '../../../serving/jobs/job.js';
import { openJobStore } from '../../../serving/jobs/job-store.js';
import { asTandemError, TandemError } from '../../errors/tandem-error.js';
import { claimPath } from '../../files/path-claim.js';

/** What a job works with, and how it is done. */
export interface JobWork {
  /** D of the model that there is. @throws TandemError 'index/no-vectors' without one */
  width(): Promise<number>;
  /**
   * Embeds the rows of a file into another; what an earlier call has done is gone on with.
   * @param maxRows  that the file may have
   * @throws TandemError of the rows, the model and the disk; the reason of the signal
   */
  embed(
    job: StoredJob,
    files: { readonly rows: string; readonly embeddings: string },
    maxRows: number,
    onProgress: (progress: NonNullable<Job['progress']>) => void,
    signal: AbortSignal,
  ): Promise<NonNullable<Job['result']>>;
}

export interface JobLimits {
  /** bytes that all jobs together may take on disk */
  readonly diskBytes: number;
  /** jobs that are there at once, finished ones too */
  readonly jobs?: number;
  /** of them those that wait */
  readonly waiting?: number;
  /** whose rows are being sent */
  readonly arriving?: number;
  /** bytes of the rows of a job */
  readonly bytes?: number;
}

const usual = { jobs: 100, waiting: 16, arriving: 4, bytes: 2 ** 30 };
/** Finished jobs are kept for so long. */
const keptMs = 7 * 24 * 3_600_000;
/** Rows that have not grown for so long will not come: whoever took them has ended. */
const arrivingMs = 300_000;
/** Between two looks for what is too old. */
const tidyMs = 60_000;

/** Bytes that a row takes in the worst case: numbers as text, or why it could not be used and what it was. */
const bytesPerRow = (format: StoredJob['format'], width: number): number =>
  Math.max(5_120, 1_024 + width * (format === 'parquet' ? 4 : 24));
/** Shards and what they are joined to stand beside each other for a moment. */
const copies = 2;

interface Entry {
  job: StoredJob;
  progress?: Job['progress'];
}

interface RunningJob {
  readonly id: string;
  readonly end: AbortController;
  readonly done: Promise<void>;
  /** bytes that are kept free for all that it may come to take; 0 until that is known */
  promised: number;
}

export interface JobQueue extends JobAdmin {
  /** Ends the job that is in work; it goes on when the folder is opened again. */
  close(): Promise<void>;
}

/**
 * Takes jobs into a folder and does them one after the other, first come, first served. They survive the process: what was waiting or in work when it ended is
 * done by the next one.
 * @throws TandemError 'files/claimed' where another process has the folder | 'files/*'
 */
export async function openJobQueue(root: string, work: JobWork, limits: JobLimits): Promise<JobQueue> {
  const { diskBytes, jobs: mostJobs, waiting, arriving, bytes: mostBytes } = { ...usual, ...limits };
  const claim = await claimPath(root);
  const store = await openJobStore(root).catch(async (error: unknown) => {
    await claim.release();
    throw error;
  });
  const entries = new Map<string, Entry>(store.found.map(job => [job.id, { job }]));
  const places = new Map<string, JobRequest & JobPlace & { readonly since: number }>();
  let running: RunningJob | undefined;
  let closing = false;

  const told = ({ job: { ending: _ending, owner: _owner, ...job }, progress }: Entry): Job => ({
    ...job,
    ...(progress && { progress }),
  });
  const entryOf = (id: string, owner?: string): Entry => {
    const entry = entries.get(id);
    if (entry === undefined || (owner !== undefined && entry.job.owner !== owner))
      throw new TandemError('job/unknown', `there is no job ${id.slice(0, 64)}`);
    return entry;
  };
  const save = async (entry: Entry, changes: Partial<StoredJob>): Promise<void> => {
    const job: StoredJob = { ...entry.job, ...changes };
    await store.save(job);
    // a job that has ended goes on nowhere, and one that has failed has made nothing
    if (job.state === 'failed') await store.keepState(job.id);
    else if (job.ended !== undefined) await rm(store.inputOf(job), { force: true });
    entry.job = job;
  };
  const next = (): Entry | undefined =>
    [...entries.values()]
      .filter(({ job }) => job.state === 'waiting' || job.state === 'running')
      .sort((a, b) => (a.job.created < b.job.created ? -1 : 1))[0];

  /** Bytes that are free for more. @param but  a job that is not counted, except for what was sent */
  async function freeBytes(but?: StoredJob): Promise<number> {
    let used = 0;
    for (const id of entries.keys()) {
      const now = id === but?.id ? but.bytes : await store.bytesOf(id);
      used += id !== but?.id && id === running?.id ? Math.max(now, running.promised) : now;
    }
    for (const place of places.values()) used += place.mostBytes;
    return diskBytes - used;
  }

  async function tidy(): Promise<void> {
    const now = Date.now();
    for (const { job } of entries.values())
      if (job.ended !== undefined && now - Date.parse(job.ended) > keptMs) await removeJob(job.id);
    for (const { id, path, since } of places.values()) {
      const last = await stat(path).then(
        ({ mtimeMs }) => mtimeMs,
        () => since,
      );
      if (now - last > arrivingMs) await abandonJob(id);
    }
  }

  let reserving: Promise<unknown> = Promise.resolve();
  /** One at a time, so that no two are given the same room. */
  function oneByOne<T>(reserve: () => Promise<T>): Promise<T> {
    const reserved = reserving.then(reserve);
    reserving = reserved.catch(() => undefined);
    return reserved;
  }
  const reserveJob = (request: JobRequest): Promise<JobPlace> => oneByOne(() => reserve(request));
  /** Half of what is free is for what a job makes; the other half for rows that come meanwhile. @returns bytes */
  const aside = (job: StoredJob): Promise<number> =>
    oneByOne(async () => {
      const free = Math.max(0, Math.floor((await freeBytes(job)) / 2));
      if (running?.id === job.id) running.promised = job.bytes + free;
      return free;
    });

  async function reserve(request: JobRequest): Promise<JobPlace> {
    await work.width();
    await tidy();
    const states = [...entries.values()].map(({ job }) => job.state);
    checkShare(request.owner);
    if (places.size >= arriving) throw new TandemError('job/too-many', `${places.size} jobs are being sent already`);
    if (states.filter(state => state === 'waiting').length >= waiting)
      throw new TandemError('job/too-many', `${waiting} jobs wait already`);
    if (states.length + places.size >= mostJobs) throw new TandemError('job/too-many', `there are ${mostJobs} jobs`);
    const { bytes } = request;
    if (bytes !== undefined && bytes > mostBytes)
      throw new TandemError('request/too-large', `the rows of a job have at most ${mostBytes} bytes`);
    const free = await freeBytes();
    const set = Math.min(bytes ?? mostBytes, Math.floor(free / 2));
    if (set < 1 || set < (bytes ?? 1)) throw new TandemError('job/storage-full', 'there is no room for these rows');
    const id = randomUUID();
    const place = { ...request, id, path: store.inputOf({ id, ending: request.ending }), mostBytes: set };
    places.set(id, { ...place, since: Date.now() });
    try {
      await store.begin(id);
    } catch (error) {
      places.delete(id);
      throw error;
    }
    return { id, path: place.path, mostBytes: set };
  }

  /** One key has half of the places at most, so that none can shut the others out. @throws TandemError 'job/too-many' */
  function checkShare(owner: string | undefined): void {
    if (owner === undefined) return;
    const own = [...entries.values()].filter(({ job }) => job.owner === owner);
    const sending = [...places.values()].filter(place => place.owner === owner).length;
    const shares = [
      [sending, arriving],
      [own.filter(({ job }) => job.state === 'waiting').length, waiting],
      [own.length + sending, mostJobs],
    ];
    if (shares.some(([count, most]) => count >= Math.ceil(most / 2)))
      throw new TandemError('job/too-many', 'this key has half of the places for jobs, which is what one may have');
  }

  async function submitJob(id: string): Promise<Job> {
    const place = places.get(id);
    if (place === undefined) throw new TandemError('job/unknown', 'the rows came too late');
    const { size } = await stat(place.path);
    const { kind, format, ending, owner } = place;
    const entry: Entry = {
      job: { id, kind, format, ending, owner, state: 'waiting', bytes: size, created: new Date().toISOString() },
    };
    await store.save(entry.job);
    places.delete(id);
    entries.set(id, entry);
    goOn();
    return told(entry);
  }

  async function abandonJob(id: string): Promise<void> {
    if (!places.delete(id)) return;
    await store.remove(id);
  }

  async function removeJob(id: string, owner?: string): Promise<Job> {
    const entry = entryOf(id, owner);
    const last = told(entry);
    entries.delete(id);
    if (running?.id === id) {
      running.end.abort();
      await running.done;
    }
    await store.remove(id);
    return last;
  }

  function goOn(): void {
    if (closing || running !== undefined) return;
    const entry = next();
    if (entry === undefined) return;
    const end = new AbortController();
    const done = doJob(entry, end.signal).finally(() => {
      running = undefined;
      goOn();
    });
    running = { id: entry.job.id, end, done, promised: 0 };
  }

  async function doJob(entry: Entry, signal: AbortSignal): Promise<void> {
    try {
      await save(entry, { state: 'running' });
      const { job } = entry;
      const free = await aside(job);
      const room = free / copies / bytesPerRow(job.format, await work.width());
      if (room < 1) throw new TandemError('job/storage-full', 'there is no room for what the job makes');
      const files = { rows: store.inputOf(job), embeddings: store.embeddingsOf(job) };
      const onProgress = (progress: Job['progress']): void => {
        entry.progress = progress;
      };
      signal.throwIfAborted();
      const result = await work.embed(job, files, Math.floor(room), onProgress, signal);
      await save(entry, { state: 'done', ended: new Date().toISOString(), result });
    } catch (error) {
      // one that was removed or goes on later has not failed
      if (!signal.aborted) await fail(entry, error);
    } finally {
      entry.progress = undefined;
    }
  }

  /** Told to whoever sent the rows: where the files lie is nobody's business. */
  async function fail(entry: Entry, thrown: unknown): Promise<void> {
    const { code, message, remedy } = asTandemError(thrown);
    const { id } = entry.job;
    const told = message.replaceAll(`${store.folderOf(id)}/`, '').replaceAll(root, '');
    const ended = new Date().toISOString();
    const failure = { state: 'failed', ended, error: { code, message: told, remedy } } as const;
    // where the disk is full it is known at least until the process ends
    await save(entry, failure).catch(() => {
      entry.job = { ...entry.job, ...failure };
    });
  }

  const timer = setInterval(() => void tidy().catch(() => undefined), tidyMs).unref();
  goOn();
  return {
    listJobs: async owner =>
      [...entries.values()]
        .filter(({ job }) => owner === undefined || job.owner === owner)
        .map(told)
        .sort((a, b) => (a.created < b.created ? 1 : a.created > b.created ? -1 : 0)),
    job: async (id, owner) => told(entryOf(id, owner)),
    reserveJob,
    submitJob,
    abandonJob,
    removeJob,
    jobFile: async (id, file, owner) => {
      const { job } = entryOf(id, owner);
      if (job.state !== 'done')
        throw new TandemError('job/no-result', `the job ${stateText(job)}`, { state: job.state });
      const path = file === 'embeddings' ? store.embeddingsOf(job) : store.deadLettersOf(job);
      const bytes = await stat(path).then(
        ({ size }) => size,
        () => 0,
      );
      return { path, bytes, format: file === 'embeddings' ? job.format : 'jsonl' };
    },
    close: async () => {
      closing = true;
      clearInterval(timer);
      running?.end.abort();
      await running?.done;
      for (const id of [...places.keys()]) await abandonJob(id);
      await claim.release();
    },
  };
}

const stateText = ({ state, error }: StoredJob): string =>
  state === 'failed' ? `failed: ${error?.message ?? ''}` : state === 'running' ? 'is in work' : 'waits';
