import { spawnSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort, serverProcess } from './server-process.js';

/** Whether there is a Redis to be started; what needs one is skipped where there is none. */
export const hasRedis = spawnSync('redis-server', ['--version']).error === undefined;
if (!hasRedis)
  console.warn('skipped: redis-server is not installed, so nothing was handed out or shared through a Redis');

/** A real Redis on a free port, whose data survive it. */
export interface RedisServer {
  readonly url: string;
  /** Ends it without a word. */
  kill(): Promise<void>;
  /** Starts it anew, with what it had written down. */
  start(): Promise<void>;
  /** Ends it for good, and takes its data away. */
  remove(): Promise<void>;
}

/** @param more  settings, as redis-server takes them */
export async function startRedis(...more: readonly string[]): Promise<RedisServer> {
  const folder = await mkdtemp(join(tmpdir(), 'tandem-redis-'));
  const port = await freePort();
  const settings = ['--bind', '127.0.0.1', '--port', `${port}`, '--appendonly', 'yes', '--save', '', '--dir', folder];
  const { start, kill } = serverProcess('redis-server', [...settings, ...more], port);
  await start();
  return {
    url: `redis://127.0.0.1:${port}`,
    kill,
    start,
    remove: async () => {
      await kill();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
