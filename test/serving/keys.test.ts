import { chmod, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { allows, createKey, type KeyScope, keyScopes } from '../../serving/keys/api-key.js';
import { changeKeyFile, readKeyFile } from '../../serving/keys/key-file.js';
import { keyRing, shownKey } from '../../serving/keys/key-ring.js';
import { type LiveKeys, openLiveKeys } from '../../serving/keys/live-keys.js';
import { keyFile, makeKeys } from './keys.js';

let folder: string;
let files = 0;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tandem-keys-'));
});
afterAll(() => rm(folder, { recursive: true }));
const place = (): string => join(folder, `keys-${files++}.json`);

describe('a key', () => {
  it('is not in what is kept of it, and neither is a hash that another file would have', () => {
    const [one, other] = [1, 2].map(() => createKey({ name: 'shop', scopes: ['search'] }));
    const secret = one.key.split('_').slice(2).join('_');
    expect(Buffer.from(secret, 'base64url')).toHaveLength(32);
    expect(JSON.stringify(one.entry)).not.toContain(secret);
    expect(one.entry.salt).not.toBe(other.entry.salt);
    expect(one.entry.sha256).not.toBe(other.entry.sha256);
  });

  it('is found whole, and nothing like it', () => {
    const { key, entry } = createKey({ name: 'shop', scopes: ['search'] });
    const other = createKey({ name: 'other', scopes: ['search'] });
    const ring = keyRing([other.entry, entry]);
    expect(ring.find(key)?.name).toBe('shop');
    const turned = key.endsWith('A') ? 'B' : 'A';
    const mixed = `tandem_${other.entry.id}_${key.split('_').slice(2).join('_')}`;
    for (const wrong of ['', key.slice(0, -1), `${key}A`, key.slice(0, -1) + turned, mixed, entry.sha256, entry.id])
      expect([wrong, ring.find(wrong)]).toEqual([wrong, undefined]);
  });

  it('comes as a bearer, or to read as the password of a browser', () => {
    expect(shownKey('Bearer k', true)).toBe('k');
    expect(shownKey(`basic ${btoa('me:k:y')}`, false)).toBe('k:y');
    for (const authorization of ['', 'k', 'Digest k', `Basic ${btoa('me:k')}`])
      expect([authorization, shownKey(authorization, true)]).toEqual([authorization, undefined]);
  });

  it('allows what its scopes name, and what these include', () => {
    const allowed = (...scopes: KeyScope[]) => keyScopes.filter(need => allows(scopes, need));
    expect(allowed('search')).toEqual(['search']);
    expect(allowed('read')).toEqual(['search', 'read']);
    expect(allowed('write')).toEqual(['search', 'read', 'write']);
    expect(allowed('events')).toEqual(['events']);
    expect(allowed('search', 'events')).toEqual(['search', 'events']);
    expect(allowed('admin')).toEqual([...keyScopes]);
  });

  it.each([
    ['words', [{ words: { field: 'a', values: ['b'] } }]],
    [
      'words inside',
      [{ not: { any: [{ nested: { path: 'a', filter: [{ words: { field: 'b', values: ['c'] } }] } }] } }],
    ],
    ['nothing', []],
  ])('has no filter of %s', (_name, filter) => {
    expect(() => createKey({ name: 'a', scopes: ['read'], filter })).toThrow(/none of them is/);
  });

  it.each(['', '..', 'a/..', '../a', '/a', 'a/', 'a//b', './a', 'a\\b'])('has no folder of pictures %j', pictures => {
    expect(() => createKey({ name: 'a', scopes: ['read'], pictures })).toThrow(/below the pictures of the index/);
  });
});

describe('a file of keys', () => {
  const { entries } = makeKeys({ shop: 'search' });

  it('is made for its owner alone, and keeps the rights that it was given', async () => {
    const path = place();
    await changeKeyFile(path, keys => [...keys, ...entries]);
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    expect(await readKeyFile(path)).toEqual(entries);
    for (const mode of [0o640, 0o600]) {
      await chmod(path, mode);
      await changeKeyFile(path, keys => keys);
      expect((await stat(path)).mode & 0o777).toBe(mode);
    }
  });

  it('is left as it is where it cannot be read, or the change fails', async () => {
    const path = place();
    await writeFile(path, '{"format":1,"keys":[{}]}');
    await expect(changeKeyFile(path, () => [])).rejects.toMatchObject({ code: 'config/bad-value' });
    expect(await readFile(path, 'utf8')).toBe('{"format":1,"keys":[{}]}');
    await writeFile(path, JSON.stringify({ format: 1, keys: entries }));
    const fail = () =>
      changeKeyFile(path, () => {
        throw new Error('no');
      });
    await expect(fail()).rejects.toThrow('no');
    // the claim on it was given back
    await changeKeyFile(path, keys => keys);
    expect(await readKeyFile(path)).toEqual(entries);
  });

  it.each([
    ['no JSON', ''],
    ['a list of an older version', '[{"name":"a","scope":"write","sha256":"00"}]'],
    ['another format', JSON.stringify({ format: 2, keys: [] })],
    ['two keys of one id', JSON.stringify({ format: 1, keys: [entries[0], { ...entries[0], name: 'other' }] })],
    ['two keys of one name', JSON.stringify({ format: 1, keys: [entries[0], { ...entries[0], id: '0'.repeat(12) }] })],
    ['an unknown scope', JSON.stringify({ format: 1, keys: [{ ...entries[0], scopes: ['all'] }] })],
    ['no scope', JSON.stringify({ format: 1, keys: [{ ...entries[0], scopes: [] }] })],
  ])('is none with %s', async (_name, text) => {
    const path = place();
    await writeFile(path, text);
    await expect(readKeyFile(path)).rejects.toMatchObject({ code: 'config/bad-value' });
  });
});

describe('the keys of a service', () => {
  const [before, after] = [makeKeys({ shop: 'search' }), makeKeys({ other: 'read' })];
  async function follow(path: string) {
    const failures: string[] = [];
    const changed: number[] = [];
    let told = (): void => undefined;
    const happened = () =>
      new Promise<void>(resolve => {
        told = resolve;
      });
    const keys = await openLiveKeys(path, {
      everyMs: 5,
      onChanged: number => {
        changed.push(number);
        told();
      },
      onFailure: ({ code }) => {
        failures.push(code);
        told();
      },
    });
    return { keys, failures, changed, happened };
  }
  const knows = (keys: LiveKeys): boolean[] =>
    [before.of('shop'), after.of('other')].map(key => keys.find(key) !== undefined);

  it('follow their file', async () => {
    const path = place();
    await writeFile(path, keyFile(before));
    const { keys, changed, happened } = await follow(path);
    expect(knows(keys)).toEqual([true, false]);
    const replaced = happened();
    await changeKeyFile(path, () => after.entries);
    await replaced;
    expect(knows(keys)).toEqual([false, true]);
    const emptied = happened();
    await changeKeyFile(path, () => []);
    await emptied;
    expect([knows(keys), changed]).toEqual([
      [false, false],
      [1, 0],
    ]);
    keys.close();
  });

  it('stay where the file cannot be read any more, which is told once for each change', async () => {
    const path = place();
    await writeFile(path, keyFile(before));
    const { keys, failures, happened } = await follow(path);
    const broken = happened();
    await writeFile(path, '{');
    await broken;
    const gone = happened();
    await rm(path);
    await gone;
    expect([knows(keys), failures]).toEqual([
      [true, false],
      ['config/bad-value', 'data/not-found'],
    ]);
    const back = happened();
    await writeFile(path, keyFile(after));
    await back;
    expect(knows(keys)).toEqual([false, true]);
    keys.close();
  });

  it('follow it where it is replaced by one that is as long', async () => {
    const path = place();
    const other = makeKeys({ shop: 'search' });
    expect(keyFile(other)).toHaveLength(keyFile(before).length);
    await writeFile(path, keyFile(before));
    const { keys } = await follow(path);
    await writeFile(path, keyFile(other));
    const known = () => [before, other].map(each => keys.find(each.of('shop')) !== undefined);
    await vi.waitFor(() => expect(known()).toEqual([false, true]), 10_000);
    keys.close();
  });

  it('are read at once when that is asked for', async () => {
    const path = place();
    await writeFile(path, keyFile(before));
    const keys = await openLiveKeys(path, { everyMs: 1_000_000 });
    await writeFile(path, keyFile(after));
    expect(knows(keys)).toEqual([true, false]);
    await keys.reread();
    expect(knows(keys)).toEqual([false, true]);
    keys.close();
  });
});
