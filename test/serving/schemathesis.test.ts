import { execFile, execFileSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { keyAccess } from '../../serving/access.js';
import { createApp } from '../../serving/app.js';
import type { AppParts } from '../../serving/parts.js';
import { listen } from '../../serving/server.js';
import { buildIndex } from '../../src/search/build-index.js';
import { openWritableIndex, type WritableIndex } from '../../src/search/writable-index.js';
import { indexing, letterModel } from '../search/fixture.js';
import { makeKeys } from './keys.js';
import { calm } from './memory-backend.js';

const python = process.env.TANDEM_PYTHON ?? 'python3';
const program = ['-c', 'import sys; from schemathesis.cli import schemathesis; sys.exit(schemathesis())'];

function whyNot(): string | undefined {
  try {
    execFileSync(python, ['-c', 'import schemathesis.cli'], { stdio: 'ignore' });
  } catch {
    return `${python} has no schemathesis (set TANDEM_PYTHON)`;
  }
}

/** Requests of each kind for each route at most; of 400 come more than 10,000. */
const examples = Number(process.env.TANDEM_FUZZ_EXAMPLES ?? 10);

const reason = whyNot();
if (reason) console.warn(`requests are not made from the OpenAPI document: ${reason}`);

describe.skipIf(reason !== undefined)('requests that Schemathesis makes from the OpenAPI document', () => {
  let folder: string;
  let index: WritableIndex;
  const keys = makeKeys({ all: 'admin' });
  const embedder = letterModel();
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'tandem-schemathesis-'));
    const documents = [
      { id: 'a', title: 'red garden hose', price: 12, brand: 'Bolt' },
      { id: 'b', title: 'Kaffeemaschine', language: 'de', released: '2020-01-01' },
    ];
    await buildIndex({ documents, embedder, indexing: indexing(), out: join(folder, 'index') });
    index = await openWritableIndex(join(folder, 'index'), { embedder });
  });
  afterAll(async () => {
    await index.close();
    await rm(folder, { recursive: true });
  });

  /** What Schemathesis says of a service. @param n  requests of each kind for each route at most */
  async function fuzz(parts: Partial<AppParts>, n: number): Promise<{ readonly exit: number; readonly told: string }> {
    const access = keyAccess(keys.ring);
    const app = await createApp({ backend: index, embedder, writing: index, access, ...parts }, { admission: calm });
    const document = join(folder, 'openapi.json');
    await writeFile(document, (await app.inject({ url: '/docs/json', headers: keys.bearer('all') })).body);
    const end = new AbortController();
    const release = async (): Promise<void> => undefined;
    const { url, closed } = await listen(app, { host: '127.0.0.1', port: 0, signal: end.signal, release });
    const flags = [
      ...['run', document, '--url', url, '--header', `authorization: Bearer ${keys.of('all')}`],
      ...['--checks', 'not_a_server_error', '--phases', 'fuzzing', '--max-examples', String(n), '--seed', '1'],
      ...['--continue-on-failure', '--no-color', '--no-shrink', '--suppress-health-check', 'all'],
      ...['--generation-database', 'none'],
    ];
    const ended = await promisify(execFile)(python, [...program, ...flags], { cwd: folder, maxBuffer: 2 ** 26 }).then(
      ({ stdout }) => ({ exit: 0, told: stdout }),
      (error: { code: number; stdout: string }) => ({ exit: error.code, told: error.stdout }),
    );
    end.abort();
    await closed;
    return ended;
  }

  it('are never answered with a fault of ours', { timeout: 30_000 * examples }, async () => {
    const { exit, told } = await fuzz({}, examples);
    console.log(/[\d,]+ generated, [\d,]+ passed/.exec(told)?.[0]);
    expect([exit, told]).toEqual([0, expect.stringMatching(/[\d,]{3,} generated, [\d,]{3,} passed/)]);
  });

  it('find one where there is one', { timeout: 120_000 }, async () => {
    const backend = { ...index, complete: async () => JSON.parse('{') };
    const { exit, told } = await fuzz({ backend }, 2);
    expect([exit, told]).toEqual([1, expect.stringContaining('GET /suggest')]);
  });
});
