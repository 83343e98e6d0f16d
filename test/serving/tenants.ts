import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { keyAccess } from '../../serving/access.js';
import { createApp } from '../../serving/app.js';
import type { DocumentRow } from '../../src/config/rows.js';
import { buildIndex } from '../../src/search/build-index.js';
import { openWritableIndex, type WritableIndex } from '../../src/search/writable-index.js';
import { indexing, letterModel } from '../search/fixture.js';
import { makeKeys } from './keys.js';
import { calm } from './memory-backend.js';

export const own = ['hammer', 'garden', 'ladder', 'steel', 'wooden', 'handle', 'claw', 'paint'] as const;
/** Words that documents of others alone hold. */
export const foreign = ['quokkanut', 'zephyrlamp', 'gnomonwax', 'xylophane', 'vuvuzela'] as const;

const wordsAt = (words: readonly string[], i: number): string =>
  [words[i % words.length], words[(i * 3 + 1) % words.length], words[(i * 5 + 2) % words.length]].join(' ');
export const ofA: readonly DocumentRow[] = Array.from({ length: 20 }, (_, i) => ({
  id: `a-${i}`,
  title: wordsAt(own, i),
  tenant: 'a',
  brand: ['oak', 'elm'][i % 2],
  price: i,
  images: ['a/one.webp'],
}));
export const ofB: readonly DocumentRow[] = Array.from({ length: 30 }, (_, i) => ({
  id: `b-0${i}`,
  title: `${wordsAt(foreign, i)} ${own[i % own.length]}`,
  description: wordsAt(foreign, i + 1),
  // a list holds when one of its elements does: none of these is of a
  tenant: ['b', 'A', 'aa'][i % 3],
  brand: 'kryptobrand',
  umbrafield: { umbrafield: i },
  country: 'foreigncountry',
  price: i,
  images: ['b/two.webp'],
}));

const filter = [{ terms: { field: 'tenant', values: ['a'] } }];
const keys = makeKeys({
  a: { scopes: ['write', 'events', 'admin'], filter, pictures: 'a' },
  all: 'admin',
});

export interface Asked {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly url: string;
  readonly payload?: string;
  readonly type?: string;
}

export const json = (url: string, body: unknown, method: Asked['method'] = 'POST'): Asked => ({
  ...{ method, url },
  payload: JSON.stringify(body),
});

/** Opens a service over the documents of two tenants; the key `a` sees those of the first, `all` sees all. */
export async function openTenants() {
  const folder = await mkdtemp(join(tmpdir(), 'tandem-tenants-'));
  for (const [place, content] of [
    ['a', 'picture-of-a'],
    ['b', 'picture-of-b'],
  ]) {
    await mkdir(join(folder, 'pictures', place), { recursive: true });
    await writeFile(join(folder, 'pictures', place, place === 'a' ? 'one.webp' : 'two.webp'), content);
  }
  const path = join(folder, 'index');
  const embedder = letterModel();
  const config = indexing({ fusionWeight: 0.3, spelling: true });
  await buildIndex({ documents: [...ofB, ...ofA], embedder, indexing: config, out: path });
  const index: WritableIndex = await openWritableIndex(path, { embedder });
  const app = await createApp(
    {
      ...{ backend: index, embedder, writing: index, access: keyAccess(keys.ring) },
      pictures: join(folder, 'pictures'),
      countries: [{ country: 'foreigncountry' }],
      attributes: () => index.attributes(),
      events: { append: async () => {} },
    },
    { admission: calm },
  );
  const ask = ({ method, url, payload, type = 'application/json' }: Asked, key: 'a' | 'all' = 'a') =>
    app.inject({
      ...{ method, url, payload },
      headers: { ...keys.bearer(key), ...(payload !== undefined && { 'content-type': type }) },
    });
  const close = async (): Promise<void> => {
    await app.close();
    await index.close();
    await rm(folder, { recursive: true });
  };
  return { index, ask, close };
}
