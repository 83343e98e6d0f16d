import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runTandem } from './run-tandem.js';

let folder: string;
let keys: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tandem-key-'));
  keys = join(folder, 'keys.json');
});
afterAll(() => rm(folder, { recursive: true }));

const key = async (...words: string[]) => {
  const { exit, out, error } = await runTandem(['key', ...words, '--keys', keys, '--json']);
  return { exit, said: JSON.parse(out), error };
};

describe('tandem key', () => {
  it('makes keys, shows them once, lists what is known of them, and takes them away', async () => {
    const filter = [{ terms: { field: 'tenant', values: ['acme'] } }];
    const made = await key(
      ...['create', '--name', 'shop', '--scope', 'search,events', '--rate-limit', '600'],
      ...['--filter', JSON.stringify(filter), '--pictures', 'acme'],
    );
    expect(made.exit).toBe(0);
    const { key: secret, file, ...known } = made.said;
    expect(secret).toMatch(/^tandem_[0-9a-f]{12}_[\w-]{43}$/);
    expect(known).toEqual({
      ...{ id: expect.any(String), name: 'shop', scopes: ['search', 'events'], created: expect.any(String) },
      ...{ rateLimit: 600, filter, pictures: 'acme' },
    });
    expect((await key('create', '--name', 'all', '--scope', 'admin', '--collections', 'hoses,books')).exit).toBe(0);
    const listed = await key('list');
    expect(listed.said.keys.map((each: { name: string }) => each.name)).toEqual(['shop', 'all']);
    expect(listed.said.keys[0]).toEqual(known);
    const text = (await runTandem(['key', 'list', '--keys', keys])).out;
    expect(text).toContain('search, events');
    expect(text).toContain('hoses, books');
    for (const hidden of [secret, 'salt', 'sha256']) expect(JSON.stringify(listed.said) + text).not.toContain(hidden);
    expect(await readFile(keys, 'utf8')).not.toContain(secret.split('_')[2]);
    expect((await key('revoke', '--key', known.id)).said).toMatchObject({ id: known.id, name: 'shop' });
    expect((await key('revoke', '--key', 'all')).exit).toBe(0);
    expect((await key('list')).said.keys).toEqual([]);
  });

  it.each([
    ['a scope that is none', ['create', '--name', 'a', '--scope', 'serch'], '--scope: expected search, read'],
    ['a filter that is none', ['create', '--name', 'a', '--scope', 'read', '--filter', '[{"nothing":1}]'], 'filter'],
    [
      'a filter of words',
      ['create', '--name', 'a', '--scope', 'read', '--filter', '[{"words":{"field":"a","values":["b"]}}]'],
      '--filter',
    ],
    ['pictures without a filter', ['create', '--name', 'a', '--scope', 'read', '--pictures', 'a'], '--pictures'],
    [
      'a way out of the pictures',
      ['create', '--name', 'a', '--scope', 'read', '--filter', '[{"exists":{"field":"a"}}]', '--pictures', '../a'],
      '--pictures',
    ],
    ['no scope', ['create', '--name', 'a'], '--scope is missing'],
    ['a limit of nothing', ['create', '--name', 'a', '--scope', 'read', '--rate-limit', '0'], '--rate-limit'],
    ['a key that is not there', ['revoke', '--key', 'nobody'], '--key nobody'],
    ['a name twice', ['create', '--name', 'twice', '--scope', 'read'], '--name'],
  ])('refuses %s, and changes nothing', async (_name, words, message) => {
    if (!(await key('list')).error.includes('twice')) await key('create', '--name', 'twice', '--scope', 'read');
    const before = await readFile(keys, 'utf8');
    const refused = await key(...words);
    expect([refused.exit, refused.said.message]).toEqual([2, expect.stringContaining(message)]);
    expect(await readFile(keys, 'utf8')).toBe(before);
  });

  it('names a file that is not there', async () => {
    const { exit, out } = await runTandem(['key', 'list', '--keys', join(folder, 'none.json'), '--json']);
    expect([exit, JSON.parse(out).code]).toEqual([1, 'data/not-found']);
  });
});
