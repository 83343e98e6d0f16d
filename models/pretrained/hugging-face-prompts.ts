import { join } from 'node:path';
import { z } from 'zod';
import { readJson } from './read-json.js';
import type { Taken } from './taken.js';

const promptsSchema = z.object({
  prompts: z.record(z.string(), z.string()).nullish(),
  default_prompt_name: z.string().nullish(),
});

/** Names that published folders give to the prompt of a query and of a document, the usual ones first. */
const names = {
  query: ['query', 'search_query', 'retrieval.query', 's2p_query', 'question'],
  document: ['document', 'passage', 'search_document', 'retrieval.passage', 'corpus', 'doc'],
} as const;

const file = 'config_sentence_transformers.json';

export interface Prompts {
  readonly query: Taken<string>;
  readonly document: Taken<string>;
  /** prompts of the folder that are for something else */
  readonly unused: readonly string[];
}

/** Encoders of the E5 family were trained with these (Wang et al., 2022), and their folders do not say so; those with instructions were not. */
const e5 = { query: 'query: ', document: 'passage: ' } as const;
const isE5 = (name: string): boolean => /(^|[^a-z0-9])e5([^a-z0-9]|$)/i.test(name) && !/instruct/i.test(name);

/**
 * The prompts of a folder, by the names that it gives them; a default prompt stands before both where it has none for them.
 * @param known  names of the encoder, of which the family is read where the folder has no prompts
 * @throws TandemError 'model/damaged'
 */
export async function readPrompts(folder: string, known: readonly string[]): Promise<Prompts> {
  const settings = await readJson(join(folder, file), promptsSchema);
  const given = new Map(Object.entries(settings?.prompts ?? {}).filter(([, prompt]) => prompt !== ''));
  const fallback = settings?.default_prompt_name ?? '';
  const family = given.size === 0 ? known.find(isE5) : undefined;
  const used = new Set<string>();
  const taken = (side: 'query' | 'document'): Taken<string> => {
    if (family !== undefined) return { value: e5[side], from: `the E5 family, by the name ${family}` };
    const name = names[side].find(each => given.has(each)) ?? (given.has(fallback) ? fallback : undefined);
    if (name === undefined) return { value: '', from: 'default, the folder does not say' };
    used.add(name);
    return { value: given.get(name) ?? '', from: `${file}, ${name}` };
  };
  const [query, document] = [taken('query'), taken('document')];
  return { query, document, unused: [...given.keys()].filter(name => !used.has(name)) };
}
