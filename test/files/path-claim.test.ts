import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface, type Interface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Holder, stateOf, thisProcess } from '../../src/files/holder.js';
import { claimPath, isClaimed } from '../../src/files/path-claim.js';

const child = fileURLToPath(new URL('path-claim.child.ts', import.meta.url));
let folder: string;
let path: string;
const started: ChildProcess[] = [];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tandem-claim-'));
  path = join(folder, 'out');
});
afterEach(async () => {
  for (const process of started.splice(0)) process.kill('SIGKILL');
  await rm(folder, { recursive: true, force: true });
});

interface Claimer {
  readonly process: ChildProcess;
  readonly lines: Interface;
}
async function startClaimer(): Promise<Claimer> {
  const process = spawn(globalThis.process.execPath, ['--import', 'tsx', child, path], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  started.push(process);
  const lines = createInterface(process.stdout!);
  await once(lines, 'line');
  return { process, lines };
}
async function claim({ process, lines }: Claimer): Promise<string> {
  const said = once(lines, 'line');
  process.stdin!.write('go\n');
  return (await said)[0];
}

const ended = async (): Promise<Holder> => {
  const run = spawn(process.execPath, ['-e', 'setTimeout(() => {}, 60_000)']);
  await once(run, 'spawn');
  const stat = process.platform === 'linux' ? await readFile(`/proc/${run.pid}/stat`, 'utf8') : undefined;
  const begun = stat === undefined ? null : stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
  const holder = { ...thisProcess('t'), pid: run.pid!, started: begun };
  expect(stateOf(holder)).not.toBe('ended');
  run.kill('SIGKILL');
  await once(run, 'close');
  return holder;
};

describe('claimPath', () => {
  it('lets one make something for a path at a time, also where nothing is yet, and the next when it is released', async () => {
    const claim = await claimPath(path);
    expect(await isClaimed(path)).toBe(true);
    await expect(claimPath(path)).rejects.toMatchObject({ code: 'files/claimed', details: { path, pid: process.pid } });
    await claim.release();
    expect([await isClaimed(path), await readdir(folder)]).toEqual([false, []]);
    await (await claimPath(join(path, 'deep', 'down'))).release();
  });

  it('takes over the claim of a process that was killed', async () => {
    const other = await startClaimer();
    expect(await claim(other)).toBe('taken');
    await expect(claimPath(path)).rejects.toMatchObject({ code: 'files/claimed', details: { pid: other.process.pid } });
    other.process.kill('SIGKILL');
    await once(other.process, 'close');
    await (await claimPath(path)).release();
  });

  it('gives the claim of a killed process to one of several who race for it', { timeout: 120_000 }, async () => {
    for (let round = 0; round < 5; round++) {
      await writeFile(`${path}.claim`, JSON.stringify(await ended()));
      const racers = await Promise.all(Array.from({ length: 4 }, startClaimer));
      const said = await Promise.all(racers.map(claim));
      expect(said.sort()).toEqual(['files/claimed', 'files/claimed', 'files/claimed', 'taken']);
      for (const { process } of racers) process.kill('SIGKILL');
      await Promise.all(racers.map(({ process }) => process.exitCode ?? process.signalCode ?? once(process, 'close')));
      expect((await readdir(folder)).filter(name => name !== 'out.claim')).toEqual([]);
      await rm(`${path}.claim`);
    }
  });

  it('waits for a sign of life where it cannot see the holder', { timeout: 60_000 }, async () => {
    const elsewhere = { ...thisProcess('t'), space: 'pid:[another one]' };
    await writeFile(`${path}.claim`, JSON.stringify(elsewhere));
    const beating = setInterval(() => utimes(`${path}.claim`, new Date(), new Date()), 500);
    await expect(claimPath(path)).rejects.toMatchObject({ code: 'files/claimed' });
    clearInterval(beating);
    await (await claimPath(path)).release();
  });

  it('leaves the claim of another alone when it gives up one that it has lost', async () => {
    const mine = await claimPath(path);
    await writeFile(`${path}.claim`, JSON.stringify(thisProcess('another')));
    await mine.release();
    expect(JSON.parse(await readFile(`${path}.claim`, 'utf8'))).toMatchObject({ token: 'another' });
  });
});

describe('stateOf', () => {
  it('tells a process that runs from one that has ended', async () => {
    expect(stateOf(thisProcess('t'))).toBe('running');
    expect(stateOf(await ended())).toBe('ended');
  });

  it.skipIf(process.platform !== 'linux')(
    'knows a number that was given again, another start of the machine, and another container',
    () => {
      const here = thisProcess('t');
      expect(stateOf({ ...here, started: '1' })).toBe('ended');
      expect(stateOf({ ...here, boot: 'another' })).toBe('ended');
      expect(stateOf({ ...here, space: 'pid:[1]' })).toBe('unknown');
      expect(stateOf({ ...here, started: null })).toBe('unknown');
      // written before boot and space were kept
      expect(stateOf({ ...here, boot: null, space: null })).toBe('running');
    },
  );

  it.skipIf(process.getuid?.() === 0)('takes a process of another user for one that runs', () => {
    expect(stateOf({ ...thisProcess('t'), pid: 1, started: null })).toBe('unknown');
  });
});
