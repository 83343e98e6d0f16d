import { TandemError } from '../../errors/tandem-error.js';
import type { Receipt } from '../../search/backend.js';
import { openWritableSearch, withSearch } from './open-search.js';
import { readRuleFile } from './synonym-rules.js';

/** The rules of synonyms of an index. @throws TandemError 'index/*', 'model/*' */
export const listSynonyms = (folder: string): Promise<readonly string[]> =>
  withSearch(folder, async ({ index }) => index.synonyms());

export interface SynonymChanges {
  readonly add: readonly string[];
  readonly remove: readonly string[];
  /** file of rules that stand in the place of all that were there */
  readonly file?: string;
}

/** Changes the rules of an index, for searches that begin afterwards. @throws TandemError 'text/bad-synonyms' | 'data/not-found' | 'index/*' */
export async function changeSynonymsOf(
  folder: string,
  { add, remove, file }: SynonymChanges,
): Promise<{ readonly receipt: Receipt; readonly rules: number }> {
  const base = file === undefined ? undefined : await readRuleFile(file);
  const search = await openWritableSearch(folder, {});
  try {
    const present = base ?? (await search.index.synonyms());
    const unknown = remove.find(rule => !present.includes(rule));
    if (unknown !== undefined)
      throw new TandemError('text/bad-synonyms', `${JSON.stringify(unknown)}: there is no such rule`);
    const kept = present.filter(rule => !remove.includes(rule));
    const receipt = await search.index.setSynonyms([...kept, ...add.filter(rule => !kept.includes(rule))]);
    return { receipt, rules: (await search.index.synonyms()).length };
  } finally {
    await search.close();
  }
}
