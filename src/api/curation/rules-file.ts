import { z } from 'zod';
import { checkRules, type Rule, type RuleInput } from '../../curation/rule.js';
import { type UnknownIds, unknownIds } from '../../curation/unknown-ids.js';
import { TandemError } from '../../errors/tandem-error.js';
import { readText } from '../../files/read-text.js';
import type { Receipt } from '../../search/backend.js';
import { parseExactJson } from '../../text/exact-json.js';
import { openWritableSearch, withSearch } from '../indexes/open-search.js';

export type { Rule };

const fileSchema = z.strictObject({ rules: z.array(z.unknown()) });

/** The rules of a file, `{"rules": [...]}`. @throws TandemError 'data/not-found' | 'rules/invalid' */
export async function readRulesFile(path: string): Promise<readonly Rule[]> {
  const text = await readText(path);
  const whole = fileSchema.safeParse(parsed(path, text));
  if (!whole.success) throw new TandemError('rules/invalid', `${path}: expected {"rules": [...]}`, { path });
  // what is in them is looked at by the check
  return checkRules(whole.data.rules as readonly RuleInput[]);
}

function parsed(path: string, text: string): unknown {
  try {
    return parseExactJson(text);
  } catch (error) {
    throw new TandemError(
      'rules/invalid',
      `${path}: not JSON (${(error as Error).message})`,
      { path },
      { cause: error },
    );
  }
}

/** The rules of an index. @throws TandemError 'index/*', 'model/*' */
export const listRules = (folder: string): Promise<readonly Rule[]> =>
  withSearch(folder, async ({ index }) => index.rules());

/** Puts the rules of a file in the place of all that an index has. @throws TandemError as readRulesFile, 'index/*' | 'files/*' */
export async function setRulesOf(
  folder: string,
  file: string,
): Promise<{
  receipt: Receipt;
  rules: number;
  unknown: readonly UnknownIds[];
}> {
  const rules = await readRulesFile(file);
  const search = await openWritableSearch(folder, {});
  try {
    const receipt = await search.index.setRules(rules);
    return { receipt, rules: rules.length, unknown: await unknownIds(id => search.index.get(id), rules) };
  } finally {
    await search.close();
  }
}
