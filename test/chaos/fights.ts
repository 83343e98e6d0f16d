import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { expect } from 'vitest';
import { type Random, seededRandom } from '../../src/math/random.js';
import { checkIndex } from '../../src/search/check-index.js';
import { openIndex } from '../../src/search/open-index.js';
import { runTandem } from '../cli/run-tandem.js';
import { standingAt } from './standing.js';

const fighter = fileURLToPath(new URL('fighter.child.ts', import.meta.url));
const main = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url));

/** What became of an index that no longer stands in the folder, and when. */
type Fate = { readonly gone: bigint } | { readonly movedTo: string; readonly gone: bigint };

interface Acknowledged {
  readonly id: string;
  /** the index that it went into */
  readonly standing: string;
  readonly sent: bigint;
}

export interface FightTally {
  readonly fights: number;
  readonly acknowledged: number;
  /** how often each was done, with what came of it */
  readonly done: Readonly<Record<string, number>>;
  /** what writers were refused with */
  readonly refused: Readonly<Record<string, number>>;
}

/** Codes that a writer may meet where folders come and go under it. */
const expectedOfWriters = new Set([
  ...['index/locked', 'index/replaced', 'index/claim-lost', 'index/not-found'],
  // the folder went while it was opened
  ...['index/documents-damaged', 'index/manifest-damaged', 'index/damaged', 'files/write-failed'],
]);

/** Two processes that write, each started again when it was killed. */
function startWriters(folder: string, seed: number) {
  const acknowledged: Acknowledged[] = [];
  const refused: Record<string, number> = {};
  const writers: ChildProcess[] = [];
  let started = 0;
  const start = (at: number): void => {
    const name = `w${started++}`;
    const args = ['--import', 'tsx', fighter, folder, name, String(seed + started)];
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
    let rest = '';
    child.stdout.on('data', chunk => {
      const lines = (rest + String(chunk)).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) {
        const [word, ...said] = line.split(' ');
        if (word === 'ack') acknowledged.push({ id: said[0], standing: said[1], sent: BigInt(said[2]) });
        if (word === 'refused') refused[said.join(' ')] = (refused[said.join(' ')] ?? 0) + 1;
      }
    });
    writers[at] = child;
  };
  const kill = async (at: number): Promise<void> => {
    const closed = once(writers[at], 'close');
    writers[at].kill('SIGKILL');
    expect(await closed, 'a writer ended by itself').toEqual([null, 'SIGKILL']);
  };
  for (const at of [0, 1]) start(at);
  return {
    acknowledged,
    refused,
    killOne: async (random: Random): Promise<void> => {
      const at = random.below(2);
      await kill(at);
      start(at);
    },
    end: () => Promise.all([kill(0), kill(1)]),
  };
}

/** What is done to the folder between writes: each says what came of it. */
function createDeeds(folder: string, index: string, random: Random) {
  const fates = new Map<string, Fate>();
  let made = 0;
  const documents = async (): Promise<string> => {
    const path = join(folder, `documents-${made++}.jsonl`);
    await writeFile(path, `${JSON.stringify({ id: 'start', title: `start ${made}` })}\n`);
    return path;
  };
  /** Notes what a deed has done to the index that stood there. */
  const watching = async (deed: () => Promise<string>): Promise<string> => {
    const before = await standingAt(index);
    const outcome = await deed();
    const after = await standingAt(index);
    if (before !== undefined && before !== after && !fates.has(before))
      fates.set(before, { gone: process.hrtime.bigint() });
    return outcome;
  };
  const command = (...words: string[]): Promise<string> =>
    watching(async () => {
      const { exit, error } = await runTandem(words);
      return exit === 0 ? 'done' : (/tandem: (\S+):/.exec(error)?.[1] ?? error);
    });
  const moveAway = async (): Promise<{ to: string; standing: string } | undefined> => {
    const standing = await standingAt(index);
    const to = `${index}.away-${made++}`;
    if (standing === undefined) return undefined;
    await rename(index, to);
    fates.set(standing, { movedTo: to, gone: process.hrtime.bigint() });
    return { to, standing };
  };
  const indexAnew = async (...more: string[]): Promise<string> =>
    command('index', '--documents', await documents(), '--out', index, ...more);
  const snapshots: string[] = [];

  const deeds: Readonly<Record<string, () => Promise<string>>> = {
    'index --force': () => indexAnew('--force'),
    index: () => indexAnew(),
    dictionary: () => command('dictionary', '--index', index, '--add', `c${made++}+`),
    'check --repair': () => command('check', '--index', index, '--repair'),
    snapshot: async () => {
      const out = join(folder, `snapshot-${made++}`);
      const outcome = await command('snapshot', '--index', index, '--out', out);
      if (outcome === 'done') snapshots.push(out);
      return outcome;
    },
    'restore --force': async () => {
      if (snapshots.length === 0) return 'nothing to restore';
      const snapshot = snapshots[random.below(snapshots.length)];
      return command('restore', '--snapshot', snapshot, '--out', index, '--force');
    },
    'two at once': async () => {
      const [one, other] = [await documents(), await documents()];
      const words = (from: string): string[] => ['index', '--documents', from, '--out', index, '--force'];
      return watching(async () => {
        const ended = await Promise.all([one, other].map(from => runTandem(words(from))));
        const exits = ended.map(({ exit }) => exit).filter(exit => exit === 0);
        return `${exits.length} of 2`;
      });
    },
    'moved away and back': async () => {
      const moved = await moveAway();
      await delay(random.below(200));
      if (moved === undefined || (await standingAt(index)) !== undefined) return 'not';
      await rename(moved.to, index);
      fates.delete(moved.standing);
      return 'done';
    },
    'moved away': async () => {
      const moved = await moveAway();
      await delay(random.below(100));
      return moved === undefined ? 'not' : indexAnew();
    },
    'replaced by hand': async () => {
      const moved = await moveAway();
      if (moved === undefined) return 'not';
      await cp(moved.to, `${index}.copy`, { recursive: true });
      return rename(`${index}.copy`, index).then(
        () => 'done',
        async (error: NodeJS.ErrnoException) => {
          // somebody has put back what a killed command had set aside there
          if (error.code !== 'ENOTEMPTY') throw error;
          await rm(`${index}.copy`, { recursive: true });
          return 'not';
        },
      );
    },
    removed: async () => {
      const standing = await standingAt(index);
      await rm(index, { recursive: true, force: true, maxRetries: 5 });
      if (standing !== undefined) fates.set(standing, { gone: process.hrtime.bigint() });
      await delay(random.below(100));
      return indexAnew();
    },
    'index --force, killed': async () => {
      const from = await documents();
      return watching(async () => {
        const words = ['--import', 'tsx', main, 'index', '--documents', from, '--out', index, '--force'];
        const child = spawn(process.execPath, words, { stdio: 'ignore' });
        const closed = once(child, 'close');
        await Promise.race([closed, delay(600 + random.below(1_500))]);
        child.kill('SIGKILL');
        const [exit] = await closed;
        return exit === 0 ? 'done' : exit === null ? 'killed' : 'refused';
      });
    },
  };
  return { deeds, fates };
}

/** Fails where something acknowledged is not in the index that it went into, or came when that was gone. */
async function expectKept(index: string, acknowledged: readonly Acknowledged[], fates: ReadonlyMap<string, Fate>) {
  const standing = await standingAt(index);
  const places = new Map<string, string>(standing === undefined ? [] : [[standing, index]]);
  for (const [each, fate] of fates) if ('movedTo' in fate) places.set(each, fate.movedTo);
  const faults: string[] = [];
  for (const [each, place] of places) {
    const opened = await openIndex(place);
    for (const { id, standing: of } of acknowledged)
      if (of === each && (await opened.get(id)) === undefined) faults.push(`${id} is not in ${place}`);
    await opened.close();
    for (const { message } of (await checkIndex(place)).problems) faults.push(`${place}: ${message}`);
  }
  for (const { id, standing: of, sent } of acknowledged) {
    const fate = fates.get(of);
    if (fate !== undefined && sent > fate.gone) faults.push(`${id} was acknowledged when its index was gone`);
    if (fate === undefined && of !== standing) faults.push(`${id} went into an index of which nobody knows`);
  }
  expect(faults).toEqual([]);
}

/**
 * Lets two writers, commands and hands fight over one index, and compares what is there with what was acknowledged.
 * @param folder  of the index and of all that is made beside it
 * @param names  deeds to choose from; all when absent
 */
export async function fightOver(folder: string, fights: number, seed: number): Promise<FightTally> {
  const random = seededRandom(seed);
  const index = join(folder, 'index');
  const { deeds, fates } = createDeeds(folder, index, random);
  expect(await deeds.index()).toBe('done');
  const writers = startWriters(index, seed);
  const done: Record<string, number> = {};
  const names = Object.keys(deeds);
  let order: string[] = [];
  for (let fight = 0; fight < fights; fight++) {
    await delay(random.below(400));
    if (random.below(4) === 0) await writers.killOne(random);
    if (order.length === 0) order = [...names];
    const [name] = order.splice(random.below(order.length), 1);
    const outcome = `${name}: ${await deeds[name]()}`;
    done[outcome] = (done[outcome] ?? 0) + 1;
    // whatever was killed, an index stands there
    await openIndex(index).then(
      opened => opened.close(),
      error => expect.fail(`after ${outcome}: ${error}`),
    );
  }
  await delay(500);
  await writers.end();
  await expectKept(index, writers.acknowledged, fates);
  expect(Object.keys(writers.refused).filter(code => !expectedOfWriters.has(code))).toEqual([]);
  expect(Object.keys(done).filter(outcome => /internal|fault/.test(outcome))).toEqual([]);
  const left = (await readdir(folder)).filter(name => /\.(?:old|claim\.ended)$/.test(name));
  expect(left).toEqual([]);
  return { fights, acknowledged: writers.acknowledged.length, done, refused: writers.refused };
}
