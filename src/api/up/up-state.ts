import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { asReadError } from '../../../data/sources/bytes.js';
import { tandemVersion } from '../../config/version.js';
import { writeWhole } from '../../files/atomic.js';
import { filesOf } from '../project/files-of.js';

/** What the folder of a project was made of when it was whole, so that the next start only serves it. */
const fileName = 'up.json';
const schema = z.object({ madeOf: z.string().optional(), learntFrom: z.string().optional() });

/** Names what a project is made of: its text, the sizes and times of its files, the model that is used as it is, the folder of its pictures, and this version. */
export async function madeOf(
  project: string,
  files: readonly string[],
  { model, pictures }: { readonly model?: string; readonly pictures?: string },
): Promise<string> {
  const hash = createHash('sha256').update(JSON.stringify([tandemVersion(), model ?? null, pictures ?? null]));
  hash.update(await readFile(project));
  const looked = [...files, ...(model === undefined ? [] : [join(model, 'model.json')])];
  for (const path of looked) {
    const found = await filesOf(path).catch((error: unknown) => {
      throw asReadError(path, error);
    });
    for (const { path: file, bytes, modified } of found) hash.update(JSON.stringify([file, bytes, modified]));
  }
  return hash.digest('hex');
}

/** @param out  folder of the project */
export async function isMadeOf(out: string, name: string): Promise<boolean> {
  return (await readNotes(out)).madeOf === name;
}

/** Whether the towers of a project were learnt from something. @param out  folder of the project */
export const isLearntFrom = async (out: string, name: string): Promise<boolean> =>
  (await readNotes(out)).learntFrom === name;

export const noteMadeOf = (out: string, name: string): Promise<void> => note(out, { madeOf: name });
export const noteLearntFrom = (out: string, name: string): Promise<void> => note(out, { learntFrom: name });

type Notes = z.infer<typeof schema>;

async function readNotes(out: string): Promise<Notes> {
  const text = await readFile(join(out, fileName), 'utf8').catch(() => '{}');
  return schema.safeParse(parseJson(text)).data ?? {};
}

async function note(out: string, notes: Notes): Promise<void> {
  await writeWhole(join(out, fileName), `${JSON.stringify({ ...(await readNotes(out)), ...notes })}\n`);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
