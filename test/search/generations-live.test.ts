import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay, setImmediate as nextTurn } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TandemError } from '../../src/errors/tandem-error.js';
import { seededRandom } from '../../src/math/random.js';
import { addGeneration } from '../../src/search/add-generation.js';
import { buildIndex } from '../../src/search/build-index.js';
import { checkIndex } from '../../src/search/check-index.js';
import { followIndex } from '../../src/search/follow-index.js';
import { readGenerations } from '../../src/search/generation.js';
import { openWritableIndex, type WritableIndex } from '../../src/search/writable-index.js';
import { expectWhole, openModel } from './expect-whole.js';
import { indexing, makeDocuments } from './fixture.js';
import { halfModel } from './two-models.js';

const child = fileURLToPath(new URL('add-generation.child.ts', import.meta.url));
const count = 200;

let folder: string;
/** an index of two generations, the first one active */
let two: string;
let copies = 0;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tandem-live-'));
  two = join(folder, 'two');
  const settings = indexing({ exactBelow: 100 });
  await buildIndex({ documents: makeDocuments(count), embedder: halfModel('first'), indexing: settings, out: two });
  await addGeneration(two, { embedder: halfModel('second'), fusionWeight: 0.5, addParts: async () => undefined });
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function copy(from: string): Promise<string> {
  const path = join(folder, `copy-${copies++}`);
  await cp(from, path, { recursive: true });
  return path;
}

/** Asks for documents that nobody changes by their titles until it is told to stop: each is found with a cosine of 1, by whichever model. */
async function askUntil(
  index: Pick<WritableIndex, 'search'>,
  titles: readonly string[],
  done: () => boolean,
): Promise<number> {
  let asked = 0;
  while (!done()) {
    const text = titles[asked++ % titles.length];
    const { hits } = await index.search({ text, k: 3, mode: 'vector' });
    expect(hits[0].score, text).toBeCloseTo(1, 5);
    await nextTurn();
  }
  return asked;
}

/** Writes one document after the other until it is told to stop, so that some are embedded before a switch and come after it. */
async function writeUntil(index: WritableIndex, expected: Map<string, string>, done: () => boolean): Promise<void> {
  for (let n = 0; !done(); n++) {
    const [id, title] = [`steady-${n % 50}`, `steady ${n}`];
    expected.set(id, title);
    await index.put([{ id, title }]);
  }
}

const standing = makeDocuments(20).map(({ title }) => title);

describe('generations of an index that is used', () => {
  it('give no mixed answer and lose nothing, however switches, writes and queries meet', {
    timeout: 600_000,
  }, async () => {
    const step = fc.oneof(
      fc.record({ write: fc.integer({ min: 20, max: count + 40 }), words: fc.string({ minLength: 1, maxLength: 8 }) }),
      fc.record({ remove: fc.integer({ min: 20, max: count - 1 }) }),
      fc.record({ switchTo: fc.constantFrom(0, 1) }),
      fc.record({ save: fc.constant(true) }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 25 }), fc.boolean(), async (steps, patches) => {
        const path = await copy(two);
        const index = await openWritableIndex(path, { openModel, saveEveryMs: 1e9 });
        const expected = new Map(makeDocuments(count).map(({ id, title }) => [id, title]));
        let over = false;
        const asking = [0, 1].map(() => askUntil(index, standing, () => over));
        const steady = writeUntil(index, expected, () => over);
        const working: Promise<unknown>[] = [];
        for (const each of steps) {
          if ('write' in each) {
            const id = `d${each.write}`;
            const title = `written ${each.words}`;
            const patched = patches && expected.has(id);
            working.push(index.write([patched ? { patch: { id, title } } : { put: { id, title } }]));
            expected.set(id, title);
          } else if ('remove' in each) {
            working.push(index.delete([`d${each.remove}`]));
            expected.delete(`d${each.remove}`);
          } else working.push('save' in each ? index.save() : index.switchTo(each.switchTo));
          if (working.length % 3 === 0) await nextTurn();
        }
        await Promise.all(working);
        over = true;
        await steady;
        for (const asked of await Promise.all(asking)) expect(asked).toBeGreaterThan(0);
        for (const [number, which] of [
          [1, 'second'],
          [0, 'first'],
        ] as const) {
          await index.switchTo(number);
          expect(Object.fromEntries(await titlesOf(index))).toEqual(Object.fromEntries(expected));
          await expectWhole(index, which, expected.size);
        }
        await index.close();
        expect((await checkIndex(path)).problems).toEqual([]);
        await rm(path, { recursive: true });
      }),
      { numRuns: 12 },
    );
  });

  it('are taken up by those who follow, without an error', async () => {
    const path = await copy(two);
    const failures: TandemError[] = [];
    const writer = await openWritableIndex(path, { openModel, saveEveryMs: 1e9 });
    let closed = 0;
    const reader = await followIndex(path, {
      openCompanions: async (from, manifest) => ({
        embedder: (await openModel(from, manifest)).embedder,
        close: async () => void closed++,
      }),
      everyMs: 0,
      onFailure: error => failures.push(error),
    });
    let over = false;
    const asking = askUntil(reader, standing, () => over);
    for (const generation of [1, 0, 1]) {
      await writer.put([{ id: `later-${generation}`, title: `numbat ${generation}` }]);
      await writer.switchTo(generation);
      await writer.put([{ id: `last-${generation}`, title: `quokka ${generation}` }]);
      await expect
        .poll(async () => {
          await reader.search({ text: 'x', mode: 'vector' });
          return reader.manifest.generation;
        })
        .toBe(generation);
      // a search that finds more news than it can wait for answers from what has been
      const first = async (): Promise<string | undefined> =>
        (await reader.search({ text: `quokka ${generation}`, k: 1, mode: 'vector' })).hits[0]?.id;
      await expect.poll(first).toBe(`last-${generation}`);
    }
    over = true;
    await asking;
    await expectWhole(reader, 'second', count + 4);
    await reader.close();
    expect(closed).toBe(4);
    await writer.close();
    expect(failures).toEqual([]);
  });

  it('are added by a process that is killed ten times while others write', { timeout: 600_000 }, async () => {
    const documents = makeDocuments(3_000);
    const path = join(folder, 'killed');
    await buildIndex({ documents, embedder: halfModel('first'), indexing: indexing(), out: path });
    const writer = await openWritableIndex(path, { openModel, saveEveryMs: 50 });
    const random = seededRandom(7);
    let written = 0;
    let over = false;
    const writing = (async () => {
      while (!over) {
        const id = random.below(3) === 0 ? `new-${written}` : `d${20 + random.below(2_980)}`;
        await writer.write(random.below(5) === 0 ? [{ delete: id }] : [{ put: { id, title: `written ${written++}` } }]);
        await delay(2);
      }
    })();
    let embedded = 0;
    let kills = 0;
    for (;;) {
      const process_ = spawn(process.execPath, ['--import', 'tsx', child, path], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      let said = '';
      const spoke = new Promise<void>(resolve => {
        process_.stdout.on('data', chunk => {
          said += chunk;
          resolve();
        });
      });
      const closed = once(process_, 'close');
      if (kills < 10) {
        await Promise.race([spoke, closed]);
        await delay(random.below(150));
        process_.kill('SIGKILL');
      }
      const [exitCode] = await closed;
      for (const [, n] of said.matchAll(/^embedded (\d+)$/gm)) embedded += Number(n);
      if (kills < 10) {
        expect(exitCode).toBeNull();
        kills++;
        continue;
      }
      expect(exitCode).toBe(0);
      expect(said).toContain('ready\n');
      break;
    }
    over = true;
    await writing;
    // each kill loses a batch at most, and what was written was embedded again
    expect(embedded).toBeLessThan(3_000 + 10 * 256 + 2 * written + 3_000);
    await writer.switchTo(1);
    await expectWhole(writer, 'second', await writer.count());
    await writer.switchTo(0);
    await expectWhole(writer, 'first', await writer.count());
    await writer.close();
    expect((await readGenerations(path)).generations).toHaveLength(2);
    expect((await checkIndex(path)).problems).toEqual([]);
  });
});

async function titlesOf(index: WritableIndex): Promise<[string, string][]> {
  const titles: [string, string][] = [];
  for (const id of index.ids()) titles.push([id, (await index.get(id))?.title ?? '']);
  return titles;
}
