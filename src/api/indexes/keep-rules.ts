import { join } from 'node:path';
import { isThere } from '../../files/is-there.js';
import { type Manifest, partNames, readManifest } from '../../search/manifest.js';
import type { Watch } from '../watch.js';
import { openWritableSearch, withSearch } from './open-search.js';

/** What people have set of an index beside its documents. */
const setIn = (folder: string) =>
  withSearch(folder, async ({ index }) => {
    const { synonyms: configured } = (await readManifest(folder)).indexing;
    const synonyms = await index.synonyms();
    const isConfigured = synonyms.length === configured.length && synonyms.every((rule, i) => rule === configured[i]);
    return {
      rules: await index.rules(),
      synonyms: isConfigured ? [] : synonyms,
      words: await index.dictionary(),
    };
  });

/**
 * Gives an index that is to take the place of another what people have set there: rules, synonyms behind its own, and words that are kept whole. Where there is
 * no other, or nothing was set, it stays as it is.
 * @param before  folder of the one whose place it takes
 * @throws TandemError 'index/*' where that cannot be read
 */
export async function keepRules(before: string, folder: string, { tell }: Pick<Watch, 'tell'>): Promise<Manifest> {
  const manifest = await readManifest(folder);
  if (!(await isThere(join(before, partNames.manifest)))) return manifest;
  const { rules, synonyms, words } = await setIn(before);
  if (rules.length + synonyms.length + words.length === 0) return manifest;
  const { index, close } = await openWritableSearch(folder, {});
  try {
    if (words.length > 0) await index.setDictionary(words);
    if (synonyms.length > 0) await index.setSynonyms([...new Set([...manifest.indexing.synonyms, ...synonyms])]);
    if (rules.length > 0) await index.setRules(rules);
  } finally {
    await close();
  }
  tell(`kept of the index before: ${rules.length} rules, ${synonyms.length} synonyms, ${words.length} words`);
  return readManifest(folder);
}
