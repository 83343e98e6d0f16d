import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { lstat, mkdir, mkdtemp, readdir, readFile, rename, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { checkWritable, resolvedPath, writeFolderAtomically, writeWhole } from '../../src/files/atomic.js';
import { finishInterruptedSwap, readFolderFile, tidyPlace } from '../../src/files/interrupted-swap.js';
import { claimPath } from '../../src/files/path-claim.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tandem-files-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const at = (name: string): string => join(folder, name);
const content = (name: string): Promise<string> => readFile(join(at(name), 'content'), 'utf8');
const write = (name: string, text: string, meanwhile: () => Promise<unknown> = async () => undefined): Promise<void> =>
  writeFolderAtomically(at(name), async temporary => {
    await writeFile(join(temporary, 'content'), text);
    await meanwhile();
  });

describe('writeFolderAtomically', () => {
  it('makes a folder, replaces it, and leaves nothing beside it', async () => {
    await write('a', 'one');
    expect(await content('a')).toBe('one');
    await write('a', 'two', async () => expect(await content('a')).toBe('one'));
    expect(await content('a')).toBe('two');
    await mkdir(at('empty'));
    await write('empty', 'three');
    expect([await content('empty'), (await readdir(folder)).sort()]).toEqual(['three', ['a', 'empty']]);
  });

  it('leaves the old one as it was when filling the new one fails', async () => {
    await write('a', 'one');
    const failing = write('a', 'two', async () => {
      throw new Error('no');
    });
    await expect(failing).rejects.toThrow('no');
    expect([await content('a'), await readdir(folder)]).toEqual(['one', ['a']]);
  });

  it('writes through a link to a folder or a file, and leaves the link', async () => {
    await write('a', 'one');
    await symlink(at('a'), at('link'));
    await write('link', 'two');
    expect([await content('a'), (await lstat(at('link'))).isSymbolicLink()]).toEqual(['two', true]);
    await writeWhole(at('file'), 'one');
    await symlink(at('file'), at('other'));
    await writeWhole(at('other'), 'two');
    expect([await readFile(at('file'), 'utf8'), (await lstat(at('other'))).isSymbolicLink()]).toEqual(['two', true]);
    expect(await resolvedPath(at('link/../link/none'))).toBe(at('a/none'));
  });

  it.each([
    ['where nothing was', async () => undefined],
    ['in the place of what was there', async () => write('a', 'one')],
  ])('replaces nothing that was put there meanwhile, %s', async (_where, before) => {
    await before();
    const late = write('a', 'two', async () => {
      await rm(at('a'), { recursive: true, force: true });
      await mkdir(at('a'));
      await writeFile(join(at('a'), 'content'), 'of somebody else');
    });
    await expect(late).rejects.toMatchObject({ code: 'files/exists' });
    expect([await content('a'), await readdir(folder)]).toEqual(['of somebody else', ['a']]);
  });

  it('makes the folder all the same when the old one was removed meanwhile', async () => {
    await write('a', 'one');
    await write('a', 'two', () => rm(at('a'), { recursive: true }));
    expect(await content('a')).toBe('two');
  });

  it.skipIf(process.getuid?.() === 0)('says where this user may not write', async () => {
    await expect(checkWritable(at('none'), folder)).resolves.toBeUndefined();
    await mkdir(at('mine'), { mode: 0o555 });
    const refused = { code: 'files/not-writable', message: expect.stringContaining(at('mine')) };
    await expect(checkWritable(folder, at('mine'))).rejects.toMatchObject(refused);
    await expect(write('mine/a', 'one')).rejects.toMatchObject({ code: 'files/not-writable' });
  });
});

describe('a replacement that was killed', () => {
  const child = fileURLToPath(new URL('killed-swap.child.ts', import.meta.url));
  async function killed(name: string, moment: 'swap' | 'fill'): Promise<void> {
    const run = spawn(process.execPath, ['--import', 'tsx', child, at(name), moment], { stdio: 'inherit' });
    expect(await once(run, 'close')).toEqual([null, 'SIGKILL']);
  }

  it('between its two renames is put back by who reads, and by who writes next', async () => {
    await write('a', 'old');
    await killed('a', 'swap');
    await expect(stat(at('a'))).rejects.toMatchObject({ code: 'ENOENT' });
    expect(await readFolderFile(at('a'), 'content')).toBe('old');
    expect(await finishInterruptedSwap(at('a'))).toBe(false);

    await killed('a', 'swap');
    const claim = await claimPath(at('a'));
    await tidyPlace(at('a'));
    expect([await content('a'), (await readdir(folder)).sort()]).toEqual(['old', ['a', 'a.claim']]);
    await claim.release();
    expect(await readdir(folder)).toEqual(['a']);
  });

  it('while it was filled leaves the old one, and what it left is taken away by who writes next', async () => {
    await write('a', 'old');
    await killed('a', 'fill');
    expect((await readdir(folder)).filter(name => name.endsWith('.tmp'))).toHaveLength(1);
    const claim = await claimPath(at('a'));
    await tidyPlace(at('a'));
    await claim.release();
    expect([await content('a'), await readdir(folder)]).toEqual(['old', ['a']]);
  });

  it('is left alone while it goes on, and where other names only look like it', async () => {
    await write('a', 'old');
    const claim = await claimPath(at('a'));
    await rename(at('a'), at('a.1.0123abcd.old'));
    expect(await finishInterruptedSwap(at('a'))).toBe(false);
    await claim.release();
    expect(await finishInterruptedSwap(at('a'))).toBe(true);
    for (const name of ['b.old', 'b.1.0123abcd.older', 'bb.1.0123abcd.old', 'b.x.0123abcd.old']) await mkdir(at(name));
    expect(await finishInterruptedSwap(at('b'))).toBe(false);
    await tidyPlace(at('b'));
    expect(await readdir(folder)).toHaveLength(5);
  });

  it('of several puts the last one back', async () => {
    for (const text of ['first', 'second', 'third']) {
      await write('a', text);
      await rename(at('a'), at(`a.1.${{ first: '0000000b', second: '0000000c', third: '0000000a' }[text]}.old`));
      await new Promise(resolve => setTimeout(resolve, 20)); // times of change have a grain
    }
    expect(await finishInterruptedSwap(at('a'))).toBe(true);
    expect(await content('a')).toBe('third');
  });
});
