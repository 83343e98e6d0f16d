import { cp, mkdtemp, rename, rm, utimes } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { open } from 'lmdb';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { thisProcess } from '../../src/files/holder.js';
import { type DocumentStore, openDocumentStore } from '../../src/store/document-store.js';
import { identityIn } from '../../src/store/writing-claim.js';

let folder: string;
let path: string;
const opened: DocumentStore[] = [];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tandem-writing-'));
  path = join(folder, 'documents');
  await (await openDocumentStore(path)).close();
});
afterEach(async () => {
  for (const store of opened.splice(0)) await store.close();
  await rm(folder, { recursive: true, force: true });
});

async function openStore(claimed = true): Promise<DocumentStore> {
  const store = await openDocumentStore(path);
  opened.push(store);
  if (claimed) await store.claim();
  return store;
}

/** Puts a claim into the store as another process would. */
async function putClaim(changes: Record<string, unknown>): Promise<void> {
  const root = open({ path, noSubdir: false, maxDbs: 8, overlappingSync: false, eventTurnBatching: false });
  const claim = { ...thisProcess('of another'), inode: (await identityIn(path))?.inode, ...changes };
  await root.openDB<string, string>('claims', { encoding: 'string' }).put('writer', JSON.stringify(claim));
  await root.flushed;
  await root.close();
}

const row = (id: string) => ({ id, title: id });

describe('the claim on writing', () => {
  it('is one at a time, and goes to the next when it is given up', async () => {
    const first = await openStore();
    const second = await openStore(false);
    await expect(second.claim()).rejects.toMatchObject({ code: 'index/locked', details: { pid: process.pid } });
    await first.put([row('a')]);
    await first.close();
    opened.shift();
    await second.claim();
    expect(await second.put([row('b')])).toBe(2);
  });

  it('that went over to another stops every commit, and nothing of it is stored', async () => {
    const store = await openStore();
    await store.put([row('a')]);
    await putClaim({});
    const lost = { code: 'index/claim-lost', status: 503 };
    await expect(store.checkClaim()).rejects.toMatchObject(lost);
    await expect(store.put([row('b')])).rejects.toMatchObject(lost);
    await expect(store.delete(['a'])).rejects.toMatchObject(lost);
    await expect(store.setDictionary([], [])).rejects.toMatchObject(lost);
    await expect(store.trimChanges(1)).rejects.toMatchObject(lost);
    expect([store.sequence(), store.has('a'), store.has('b'), [...store.changesAfter(0)].length]).toEqual([
      ...[1, true, false, 1],
    ]);
    // and the other one keeps it
    await store.close();
    opened.length = 0;
    await expect((await openStore(false)).claim()).rejects.toMatchObject({ code: 'index/locked' });
  });

  it('is taken over from another start of the machine, and from another data file', async () => {
    await putClaim({ boot: 'another' });
    await (await openStore()).close();
    opened.length = 0;
    await putClaim({ inode: 1 });
    await openStore();
  });

  it('of a process in another container counts while that gives signs of life', { timeout: 60_000 }, async () => {
    await putClaim({ space: 'pid:[another one]' });
    const store = await openStore();
    expect(await store.put([row('a')])).toBe(1);
    await store.close();
    opened.length = 0;
    await putClaim({ space: 'pid:[another one]' });
    const file = join(path, 'writer');
    await cp(join(path, 'data.mdb'), file);
    const beating = setInterval(() => utimes(file, new Date(), new Date()), 500);
    await expect(openStore()).rejects.toMatchObject({ code: 'index/locked' });
    clearInterval(beating);
  });

  it('acknowledges nothing where the folder is gone or another, and goes on where it is back', async () => {
    const store = await openStore();
    await store.put([row('a')]);
    await rename(path, `${path}-away`);
    const replaced = { code: 'index/replaced', status: 503 };
    await expect(store.put([row('b')])).rejects.toMatchObject(replaced);
    await cp(`${path}-away`, path, { recursive: true });
    await expect(store.put([row('b')])).rejects.toMatchObject(replaced);
    expect([store.sequence(), store.has('b')]).toEqual([1, false]);
    await rm(path, { recursive: true });
    await rename(`${path}-away`, path);
    expect(await store.put([row('b')])).toBe(2);
  });

  it('is refused where the data file is not the one that was opened', async () => {
    const store = await openStore(false);
    await cp(path, `${path}-copy`, { recursive: true });
    await rename(path, `${path}-away`);
    await rename(`${path}-copy`, path);
    await expect(store.claim()).rejects.toMatchObject({ code: 'index/replaced' });
  });
});
