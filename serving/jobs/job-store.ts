import { mkdir, readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { asFileError, writeWhole } from '../../src/files/atomic.js';
import { readSealedJson, sealedJson } from '../../src/files/sealed-json.js';
import { type StoredJob, storedJobSchema } from './job.js';

const stateFile = 'state.json';
const isId = (name: string): boolean => z.uuid().safeParse(name).success;

/** The folder of the jobs of a service: one for each, with what was sent, what is made of it, and how it stands. What bears another name is left alone. */
export interface JobStore {
  folderOf(id: string): string;
  inputOf(job: Pick<StoredJob, 'id' | 'ending'>): string;
  embeddingsOf(job: Pick<StoredJob, 'id' | 'format'>): string;
  deadLettersOf(job: Pick<StoredJob, 'id' | 'format'>): string;
  /** Those that were there when it was opened; what was never sent whole is removed. */
  readonly found: readonly StoredJob[];
  begin(id: string): Promise<void>;
  save(job: StoredJob): Promise<void>;
  remove(id: string): Promise<void>;
  /** Takes away all that a job has but how it stands. */
  keepState(id: string): Promise<void>;
  /** of all files of a job */
  bytesOf(id: string): Promise<number>;
}

/** @throws TandemError 'files/*' */
export async function openJobStore(root: string): Promise<JobStore> {
  const folderOf = (id: string): string => join(root, id);
  const embeddingsOf: JobStore['embeddingsOf'] = ({ id, format }) => join(folderOf(id), `embeddings.${format}`);
  try {
    await mkdir(root, { recursive: true });
    const ids = (await readdir(root)).filter(isId);
    const found: StoredJob[] = [];
    for (const id of ids) {
      const job = await readSealedJson(join(folderOf(id), stateFile), storedJobSchema);
      if (job === undefined) await rm(folderOf(id), { recursive: true, force: true });
      else if (job !== 'altered' && job.id === id) found.push(job);
      // what was answered for is not thrown away: somebody may want the rows
      else process.emitWarning(`${folderOf(id)}: ${stateFile} is altered; this job is left where it is, and not done`);
    }
    return {
      found,
      folderOf,
      inputOf: ({ id, ending }) => join(folderOf(id), `rows${ending}`),
      embeddingsOf,
      deadLettersOf: job => `${embeddingsOf(job)}.dead.jsonl`,
      begin: async id => {
        await mkdir(folderOf(id)).catch((error: unknown) => {
          throw asFileError(folderOf(id), error);
        });
      },
      save: job => writeWhole(join(folderOf(job.id), stateFile), sealedJson(job)),
      remove: id => rm(folderOf(id), { recursive: true, force: true }),
      keepState: async id => {
        const others = (await readdir(folderOf(id))).filter(name => name !== stateFile);
        await Promise.all(others.map(name => rm(join(folderOf(id), name), { recursive: true, force: true })));
      },
      bytesOf: id => bytesUnder(folderOf(id)),
    };
  } catch (error) {
    throw asFileError(root, error);
  }
}

/** Bytes of the files under a folder; files may go meanwhile. */
async function bytesUnder(folder: string): Promise<number> {
  const names = await readdir(folder, { recursive: true }).catch(() => []);
  let bytes = 0;
  for (const name of names) {
    const found = await stat(join(folder, name)).catch(() => undefined);
    if (found?.isFile()) bytes += found.size;
  }
  return bytes;
}
