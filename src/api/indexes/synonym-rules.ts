import type { IndexingConfig } from '../../config/indexing.js';
import { readText } from '../../files/read-text.js';
import { checkedSynonyms, parseSynonyms } from '../../text/synonyms.js';

/** The lines of a file of synonym rules. @throws TandemError 'data/not-found' */
export async function readRuleFile(path: string): Promise<string[]> {
  const text = await readText(path);
  return text.split(/\r?\n/);
}

/** Puts the rules of a file behind those of the configuration. @throws TandemError 'data/not-found' | 'text/bad-synonyms' */
export async function withRules(indexing: IndexingConfig, file: string | undefined): Promise<IndexingConfig> {
  if (file === undefined) return indexing;
  const synonyms = [...indexing.synonyms, ...checkedSynonyms(await readRuleFile(file))];
  parseSynonyms(synonyms);
  return { ...indexing, synonyms };
}
