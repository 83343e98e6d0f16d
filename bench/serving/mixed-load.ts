import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { readPrepared } from '../../data/prepared.js';
import { tandemVersion } from '../../src/config/version.js';
import { TandemError } from '../../src/errors/tandem-error.js';
import { readManifest } from '../../src/search/manifest.js';
import { describeMachine, type Header } from '../frame.js';
import { type PeerProcess, startPeer } from '../peers/process.js';
import { makeIndex, mixedReads, textsOf } from './material.js';
import type { Arrivals } from './open-arrivals.js';
import { type StartedService, startTandem } from './services.js';

/** One write in so many requests. */
const writeEvery = 20;
/** that are written again and again */
const writtenDocuments = 2_000;
/** People do not wait longer. */
const lateMs = 250;
/** asks one thing after the other on each of so many connections, to see what the service can do */
const eagerConnections = 32;
const mostConnections = 1_000;

/** A service that takes writes, and a process that asks it. */
export interface MixedLoad {
  readonly documents: number;
  readonly hasModel: boolean;
  /** Starts the service over the index as it is now. */
  start(workers: number): Promise<StartedService>;
  /** @param rate  requests a second; undefined: as many as are answered */
  ask(service: StartedService, seconds: number, rate?: number): Promise<Arrivals>;
  /** Acknowledged writes that the service does not have. */
  lostWrites(service: StartedService): Promise<number>;
  close(): Promise<void>;
}

/** What stands above the figures of a bench that loads a service so. */
export const describeLoad = ({ documents, hasModel }: MixedLoad, sizes: Record<string, number>): Header =>
  describeMachine({ tandem: tandemVersion() }, { documents, model: hasModel ? 'yes' : 'no', ...sizes });

const arrivalsSchema = z.object({
  offered: z.number(),
  accepted: z.number(),
  shed: z.number(),
  shedWithRetryAfter: z.number(),
  failed: z.record(z.string(), z.number()),
  p50Ms: z.number(),
  p99Ms: z.number(),
  maxMs: z.number(),
  shedP99Ms: z.number(),
  connections: z.number(),
  unsent: z.number(),
  lagMs: z.number(),
  calmAfterSeconds: z.number(),
});
const acknowledgedSchema = z.record(z.string(), z.number());

/**
 * Reads of all kinds, and in twenty requests a write, of a copy of an index.
 * @param data  prepared, of the same documents
 * @param from  folder of the index; one without a model is made when absent
 * @throws TandemError as `readPrepared`
 */
export async function mixedLoad(data: string, from: string | undefined): Promise<MixedLoad> {
  const prepared = await readPrepared(data);
  const folder = await mkdtemp(join(tmpdir(), 'tandem-bench-'));
  const index = join(folder, 'index');
  let asker: PeerProcess | undefined;
  const close = async (): Promise<void> => {
    await asker?.close();
    await rm(folder, { recursive: true, force: true });
  };
  try {
    if (from === undefined) await makeIndex(prepared, index);
    else await cp(from, index, { recursive: true });
    const hasModel = (await readManifest(index)).modelId !== null;
    const requests = join(folder, 'requests.json');
    const documents = prepared.documents.slice(0, writtenDocuments).map(({ id, title }) => ({ id, title }));
    await writeFile(
      requests,
      JSON.stringify({ reads: mixedReads(textsOf(prepared), hasModel), documents, writeEvery }),
    );
    const script = fileURLToPath(new URL('arrivals.js', import.meta.url));
    const started = await startPeer(process.execPath, [script, requests]);
    if ('missing' in started) throw new TandemError('bench/peer-failed', started.missing);
    asker = started;
    let acknowledged: Readonly<Record<string, number>> = {};
    return {
      documents: prepared.documents.length,
      hasModel,
      start: workers => startTandem(index, workers, ['--writable']),
      ask: async ({ port }, seconds, rate) => {
        const connections = rate === undefined ? eagerConnections : mostConnections;
        const told = await started.ask({ port, seconds, connections, lateMs, ...(rate !== undefined && { rate }) });
        acknowledged = acknowledgedSchema.parse(told.acknowledged);
        return arrivalsSchema.parse(told);
      },
      lostWrites: service => countLost(service, acknowledged),
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/** @param acknowledged  last edition by id; a later one may be there, whose answer did not come */
async function countLost({ port }: StartedService, acknowledged: Readonly<Record<string, number>>): Promise<number> {
  let lost = 0;
  for (const [id, edition] of Object.entries(acknowledged)) {
    const answer = await fetch(`http://127.0.0.1:${port}/documents/${encodeURIComponent(id)}`);
    const { edition: found } = z.object({ edition: z.number().optional() }).parse(await answer.json());
    if (!answer.ok || found === undefined || found < edition) lost++;
  }
  return lost;
}
