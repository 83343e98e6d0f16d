import { spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { freePort, serverProcess } from '../server-process.js';

const script = fileURLToPath(new URL('../../scripts/object-store.sh', import.meta.url));

/** The program of a real store, built where it was not yet; undefined where it cannot be had: what needs it is skipped then. */
function programOfStore(): string | undefined {
  const { status, stdout, stderr } = spawnSync(script, ['program'], { encoding: 'utf8' });
  if (status === 0) return stdout.trim();
  console.warn(`skipped: ${stderr.trimEnd().split('\n').at(-1)}`);
  return undefined;
}

const program = programOfStore();
export const hasObjectStore = program !== undefined;

/** A real store on a free port, whose data survive it. */
export interface ObjectStore {
  /** what a program is given to find it, of somebody who may do everything */
  readonly environment: {
    readonly AWS_ENDPOINT_URL_S3: string;
    readonly AWS_ACCESS_KEY_ID: string;
    readonly AWS_SECRET_ACCESS_KEY: string;
    readonly AWS_REGION: string;
    readonly AWS_EC2_METADATA_DISABLED: string;
  };
  /** keeps all connections and answers nobody until `go` */
  stall(): void;
  go(): void;
  kill(): Promise<void>;
  start(): Promise<void>;
  remove(): Promise<void>;
}

/** The bucket that it has. */
export const bucket = 'tandem';

/** @param folder  for its data; one of its own when absent */
export async function startObjectStore(folder?: string): Promise<ObjectStore> {
  if (program === undefined) throw new Error('there is no store');
  const root = await mkdtemp(join(tmpdir(), 'tandem-object-store-'));
  const data = folder ?? join(root, 'data');
  await mkdir(join(data, 'store', bucket), { recursive: true });
  await mkdir(join(data, 'meta'), { recursive: true });
  const port = await freePort();
  const [key, secret] = ['someone', 'secret-of-someone'];
  const words = ['--quiet', '--keep-alive', '--port', `127.0.0.1:${port}`];
  const { start, kill, signal } = serverProcess(
    program,
    [...words, 'posix', '--sidecar', join(data, 'meta'), join(data, 'store')],
    port,
    { ROOT_ACCESS_KEY: key, ROOT_SECRET_KEY: secret },
  );
  await start();
  return {
    environment: {
      AWS_ENDPOINT_URL_S3: `http://127.0.0.1:${port}`,
      AWS_ACCESS_KEY_ID: key,
      AWS_SECRET_ACCESS_KEY: secret,
      AWS_REGION: 'us-east-1',
      AWS_EC2_METADATA_DISABLED: 'true',
    },
    stall: () => signal('SIGSTOP'),
    go: () => signal('SIGCONT'),
    kill,
    start,
    remove: async () => {
      await kill();
      await rm(root, { recursive: true, force: true });
    },
  };
}
