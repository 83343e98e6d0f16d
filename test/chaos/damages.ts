import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { expect } from 'vitest';
import { buildWhole, type Trial } from './damage.js';

const child = fileURLToPath(new URL('damage.child.ts', import.meta.url));

export interface DamageTally {
  readonly trials: number;
  readonly found: number;
  readonly harmless: number;
  readonly repaired: number;
  /** by file */
  readonly files: Readonly<Record<string, { readonly found: number; readonly harmless: number }>>;
}

/** Longest that a process may say nothing before it counts as hanging: a trial takes some tens of milliseconds. */
const patienceMs = 60_000;

/**
 * Damages every file of an index in random places, in a process of its own, which must neither end nor hang.
 * @param folder  where the index is made
 */
export async function damageFiles(folder: string, trials: number, seed: number): Promise<DamageTally> {
  await buildWhole(folder);
  const args = ['--import', 'tsx', child, folder, String(seed), '0', String(trials)];
  const run = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  const patience = setTimeout(() => run.kill('SIGKILL'), patienceMs);
  const chunks: string[] = [];
  const errors: string[] = [];
  run.stdout.on('data', chunk => {
    chunks.push(String(chunk));
    patience.refresh();
  });
  run.stderr.on('data', chunk => errors.push(String(chunk)));
  const [exit, signal] = await once(run, 'close');
  clearTimeout(patience);
  const lines = chunks.join('').trimEnd().split('\n');
  expect({ exit, signal, last: lines.at(-1), errors: errors.join('').slice(0, 2_000) }).toMatchObject({ exit: 0 });
  const done = lines.map(line => JSON.parse(line)).filter((line): line is Trial => 'file' in line);
  expect(done).toHaveLength(trials);
  const files: Record<string, { found: number; harmless: number }> = {};
  for (const { file, found } of done) {
    files[file] ??= { found: 0, harmless: 0 };
    files[file][found === '' ? 'harmless' : 'found']++;
  }
  const found = done.filter(trial => trial.found !== '').length;
  const repaired = done.filter(trial => trial.repaired).length;
  return { trials, found, harmless: trials - found, repaired, files };
}
