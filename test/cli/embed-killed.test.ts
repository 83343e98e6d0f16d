import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { seededRandom } from '../../src/math/random.js';
import { type SmallModel, smallDocuments, trainSmallModel } from '../small-model.js';

const root = fileURLToPath(new URL('../..', import.meta.url));
/** Four shards, the last one short. */
const rows = smallDocuments(3 * 4096 + 100);
let folder: string;
let small: SmallModel;
const at = (name: string): string => join(folder, name);

/** Starts the program; `end` tells what became of it. */
function start(out: string, ...more: string[]) {
  const words = [
    'embed',
    'documents',
    '--model',
    small.model,
    '--in',
    at('documents.jsonl'),
    '--out',
    at(out),
    '--json',
  ];
  const child = spawn(process.execPath, ['--import', 'tsx', join(root, 'src/cli/main.ts'), ...words, ...more], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  let printed = '';
  child.stdout.on('data', chunk => {
    printed += chunk;
  });
  const end = new Promise<Record<string, unknown> | 'killed'>(resolve =>
    child.on('close', (_exit, signal) =>
      resolve(signal === 'SIGKILL' ? 'killed' : JSON.parse(printed.trimEnd().split('\n').at(-1) || '{}')),
    ),
  );
  return { end, kill: () => child.kill('SIGKILL') };
}

const records = async (out: string): Promise<string[]> =>
  (await readdir(at(`${out}.shards`), { recursive: true }).catch((): string[] => [])).filter(name =>
    /\/\d+\.json$/.test(name),
  );

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tandem-killed-'));
  small = await trainSmallModel(at('trained'));
  const lines = rows.map((row, i) => (i % 1000 === 500 ? `{"id":"${row.id}"}` : JSON.stringify(row)));
  await writeFile(at('documents.jsonl'), lines.join('\n'));
}, 180_000);

afterAll(() => rm(folder, { recursive: true }));

describe('tandem embed, killed', { timeout: 600_000 }, () => {
  it.each(['.jsonl', '.parquet'])('gives the bytes of an undisturbed run (%s)', async ending => {
    const whole = `whole${ending}`;
    const began = performance.now();
    const undisturbed = await start(whole, '--workers', '2').end;
    const milliseconds = performance.now() - began;
    expect(undisturbed).toMatchObject({ resumed: 0, deadLetters: 12, rows: rows.length - 12 });

    const killed = `killed${ending}`;
    // once when the second shard has just been kept
    const first = start(killed, '--workers', '2');
    while ((await records(killed)).length < 2) await delay(5);
    first.kill();
    expect(await first.end).toBe('killed');
    const kept = (await records(killed)).length;
    // then whenever it comes
    const random = seededRandom(ending.length);
    for (let i = 0; i < 4; i++) {
      const next = start(killed, '--workers', String(1 + (i % 2)));
      const timer = setTimeout(next.kill, milliseconds * random.next());
      await next.end;
      clearTimeout(timer);
      expect(existsSync(at(killed)) || (await records(killed)).length >= kept).toBe(true);
    }
    // as it stands when it was ended between the last name and taking the shards away
    const last = existsSync(at(killed)) ? undefined : await start(killed).end;
    if (last !== undefined) expect(last).toMatchObject({ rows: rows.length - 12, deadLetters: 12 });
    if (last !== undefined && last !== 'killed') expect(last.resumed).toBeGreaterThanOrEqual(kept * 4096 - 12);
    for (const file of ['', '.dead.jsonl']) {
      expect(await readFile(at(killed + file))).toEqual(await readFile(at(whole + file)));
    }
  });
});
