import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { imageLimits } from '../../../models/images/decode-image.js';
import { nameOfReference, readReference } from '../../../models/images/image-reference.js';

let folder: string;
let root: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tandem-reference-'));
  root = join(folder, 'pictures');
  await mkdir(join(root, 'inner'), { recursive: true });
  await writeFile(join(folder, 'secret.png'), 'secret');
  await writeFile(join(root, 'a b.png'), 'top');
  await writeFile(join(root, 'inner', '..png'), 'odd name');
  await symlink(join(folder, 'secret.png'), join(root, 'link.png'));
  await symlink(folder, join(root, 'up'));
  await symlink(join(root, 'a b.png'), join(root, 'own.png'));
  // a folder whose name begins as the root's does is not below it
  await mkdir(join(folder, 'pictures-of-others'));
  await writeFile(join(folder, 'pictures-of-others', 'x.png'), 'theirs');
  await symlink(join(folder, 'pictures-of-others'), join(root, 'others'));
  execFileSync('mkfifo', [join(root, 'pipe.png')]);
});
afterAll(() => rm(folder, { recursive: true }));

const read = async (reference: string): Promise<string> =>
  Buffer.from(await readReference(reference, root, imageLimits)).toString();

describe('readReference', () => {
  it.each([
    ['a b.png', 'top'],
    ['./a b.png', 'top'],
    ['inner/..png', 'odd name'],
    ['own.png', 'top'],
    [`data:image/png;base64,${Buffer.from('inside').toString('base64')}`, 'inside'],
    [`DATA:image/svg+xml;base64,${Buffer.from('any type').toString('base64')}`, 'any type'],
  ])('reads %s', async (reference, content) => expect(await read(reference)).toBe(content));

  it.each([
    ['', 'image/bad-reference'],
    ['../secret.png', 'image/bad-reference'],
    ['inner/../../secret.png', 'image/bad-reference'],
    ['inner/../a b.png', 'image/bad-reference'],
    ['..\\secret.png', 'image/bad-reference'],
    ['/etc/passwd', 'image/bad-reference'],
    ['\\\\host\\share', 'image/bad-reference'],
    ['C:\\picture.png', 'image/bad-reference'],
    ['file:///etc/passwd', 'image/bad-reference'],
    ['http://example.org/a.png', 'image/bad-reference'],
    ['https://example.org/a.png', 'image/bad-reference'],
    ['a b.png\0.jpg', 'image/bad-reference'],
    ['link.png', 'image/bad-reference'],
    ['up/secret.png', 'image/bad-reference'],
    ['others/x.png', 'image/bad-reference'],
    ['.', 'image/bad-reference'],
    ['gone.png', 'image/not-found'],
    ['inner', 'image/not-found'],
    ['pipe.png', 'image/not-found'],
    ['a b.png/x', 'image/not-found'],
    ['x'.repeat(4096), 'image/not-found'],
    ['data:text/plain;base64,aGk=', 'image/bad-reference'],
    ['data:image/png,plain', 'image/bad-reference'],
    ['data:image/png;base64,not base64!', 'image/unreadable'],
  ])('refuses %j', async (reference, code) => {
    await expect(read(reference)).rejects.toMatchObject({ code });
  });

  it('holds files and data URIs to the limit, to the byte', async () => {
    const limits = { ...imageLimits, bytes: 3 };
    const uri = (n: number): string => `data:image/png;base64,${Buffer.alloc(n).toString('base64')}`;
    expect(await readReference('a b.png', root, limits)).toHaveLength(3);
    const smaller = { ...limits, bytes: 2 };
    await expect(readReference('a b.png', root, smaller)).rejects.toMatchObject({ code: 'image/too-large' });
    await expect(readReference(uri(100), root, limits)).rejects.toMatchObject({ code: 'image/too-large' });
  });

  it('finds no files without a folder of pictures', async () => {
    await expect(readReference('a b.png', undefined, imageLimits)).rejects.toMatchObject({ code: 'image/not-found' });
    expect(await readReference('data:image/png;base64,aGk=', undefined, imageLimits)).toHaveLength(2);
  });

  it('does not blame a picture for what the process lacks', () => {
    const child = fileURLToPath(new URL('descriptors.child.ts', import.meta.url));
    const script = 'ulimit -n 100; exec "$@"';
    const words = [process.execPath, '--import', 'tsx', child, root, 'a b.png'];
    const out = execFileSync('bash', ['-c', script, 'bash', ...words], { encoding: 'utf8' });
    expect(out.trim().split('\n')).toEqual(['files/too-many-open', 'top']);
  });

  it('never reads what lies outside, whatever the reference', async () => {
    const piece = fc.constantFrom(
      '..',
      '.',
      'inner',
      'up',
      'link.png',
      'secret.png',
      '/',
      '\\',
      '%2e%2e',
      'pictures',
      ' ',
    );
    await fc.assert(
      fc.asyncProperty(fc.array(piece, { maxLength: 6 }), fc.constantFrom('/', '\\', ''), async (pieces, between) => {
        const content = await read(pieces.join(between)).catch((error: { code: string }) => error.code);
        expect(content).not.toBe('secret');
      }),
      { numRuns: 300 },
    );
  });
});

describe('nameOfReference', () => {
  it('shortens what is long', () => {
    expect(nameOfReference('a.png')).toBe('a.png');
    expect(nameOfReference('x'.repeat(200))).toBe(`${'x'.repeat(60)}... (200 characters)`);
  });
});
