import { z } from 'zod';
import { TandemError } from '../../../src/errors/tandem-error.js';
import { parseRanker } from '../../../src/ranking/learned/ranker-file.js';
import { rankerDigest } from '../../../src/search/index-ranker.js';
import { fusionClassesSchema, generationFields } from '../../../src/search/manifest.js';
import { searchSettingsSchema } from '../../../src/search/search-settings.js';
import type { AskOptions, Cluster } from './cluster.js';
import { type GivenDocument, getMany } from './get-many.js';
import type { IndexMeta } from './mapping.js';
import { type GenerationNames, generationNumber } from './names.js';

/** What was chosen of how a generation is searched after it was made. It lies beside the settings of the index, a document for each generation. */
const choicesSchema = z.strictObject({
  /** when the generation was made that they are of: another one may come to its number */
  created: z.string(),
  fusionWeight: z.number().min(0).max(1).optional(),
  /** null: one weight for all */
  fusionClasses: fusionClassesSchema.nullable().optional(),
  /** how broadly it is searched */
  settings: searchSettingsSchema.optional(),
  /** what golden queries said of these settings */
  golden: generationFields.golden,
  /** sha256 of the file of its ranker */
  ranker: z.string().length(64).optional(),
});

export type Choices = Omit<z.infer<typeof choicesSchema>, 'created'>;

/** A document of the index of settings. */
export type KeptText = GivenDocument<{ readonly value?: string }>;

export const choicesId = (index: string): string => `generation-${generationNumber(index)}`;
const rankerId = (index: string, sha256: string): string => `ranker-${generationNumber(index)}-${sha256}`;

/** @param kept  what lies under `choicesId` @throws TandemError 'index/damaged' */
export function readChoices(index: string, { created }: Pick<IndexMeta, 'created'>, kept?: KeptText): Choices {
  const text = kept?._source?.value;
  if (text === undefined) return {};
  const parsed = choicesSchema.safeParse(JSON.parse(text));
  if (!parsed.success)
    throw new TandemError('index/damaged', `${index}: what was chosen for its searches cannot be read`, {
      file: choicesId(index),
    });
  const { created: of, ...choices } = parsed.data;
  return of === created ? choices : {};
}

/** What is chosen at the moment. @throws TandemError 'index/damaged' | 'cluster/*' */
export async function presentChoices(
  cluster: Cluster,
  { index, settings }: Pick<GenerationNames, 'index' | 'settings'>,
  meta: Pick<IndexMeta, 'created'>,
): Promise<Choices> {
  const [kept] = await getMany<{ readonly value?: string }>(cluster, settings, [choicesId(index)]);
  return readChoices(index, meta, kept);
}

/** The text of the ranker of a generation. @throws TandemError 'index/damaged' where it is not there, or another one */
export async function readRankerText(
  cluster: Cluster,
  { index, settings }: GenerationNames,
  sha256: string,
): Promise<string> {
  const id = rankerId(index, sha256);
  const [kept] = await getMany<{ readonly value?: string }>(cluster, settings, [id]);
  const text = kept._source?.value;
  if (text !== undefined && rankerDigest(text) === sha256) return text;
  throw new TandemError('index/damaged', `${settings}: ${id} is missing, or not what was written`, { file: id });
}

/** Times that a change is made anew where somebody else changed the same meanwhile. */
const mostTries = 10;

/**
 * Changes how a generation is searched, for searches that begin afterwards, on whatever server. Whoever changes something else of it at the same time
 * loses nothing.
 * @throws TandemError 'cluster/*'
 */
export async function changeChoices(
  cluster: Cluster,
  { index, settings }: GenerationNames,
  meta: Pick<IndexMeta, 'created'>,
  change: (before: Choices) => Choices,
): Promise<Choices> {
  for (let attempt = 0; ; attempt++) {
    const [kept] = await getMany<{ readonly value?: string }>(cluster, settings, [choicesId(index)]);
    const changed = change(readChoices(index, meta, kept));
    const value = JSON.stringify(choicesSchema.parse({ ...changed, created: meta.created }));
    const condition: AskOptions['query'] = kept.found
      ? { if_seq_no: kept._seq_no, if_primary_term: kept._primary_term }
      : { op_type: 'create' };
    try {
      await cluster.ask(
        'PUT',
        `/${settings}/_doc/${choicesId(index)}`,
        { value },
        { query: { refresh: true, ...condition } },
      );
      return changed;
    } catch (error) {
      const isOvertaken = error instanceof TandemError && error.details?.type === 'version_conflict_engine_exception';
      if (!isOvertaken || attempt >= mostTries) throw error;
    }
  }
}

/**
 * Gives a generation a ranker, or takes it away.
 * @param text  of the file of a ranker; undefined takes it away
 * @returns its sha256
 * @throws TandemError 'ranker/*' | 'cluster/*'; then the generation is as it was
 */
export async function storeRanker(
  cluster: Cluster,
  names: GenerationNames,
  meta: Pick<IndexMeta, 'created'>,
  text: string | undefined,
): Promise<string | undefined> {
  if (text !== undefined) parseRanker('the ranker', text);
  const { index, settings } = names;
  const sha256 = text === undefined ? undefined : rankerDigest(text);
  const place = (id: string): string => `/${settings}/_doc/${rankerId(index, id)}`;
  const query = { refresh: true };
  if (sha256 !== undefined) await cluster.ask('PUT', place(sha256), { value: text }, { query });
  let replaced: string | undefined;
  await changeChoices(cluster, names, meta, ({ ranker, ...rest }) => {
    replaced = ranker;
    return { ...rest, ...(sha256 !== undefined && { ranker: sha256 }) };
  });
  // whoever read before which ranker it was reads anew where that is gone
  if (replaced !== undefined && replaced !== sha256)
    await cluster.ask('DELETE', place(replaced), undefined, { query }).catch(() => undefined);
  return sha256;
}

/** Takes away what was chosen of a generation that is gone. Left where it fails it is that of none. */
export async function dropChoices(cluster: Cluster, { index, settings }: GenerationNames): Promise<void> {
  const drop = (id: string): Promise<unknown> => cluster.ask('DELETE', `/${settings}/_doc/${id}`);
  const dropAll = async (): Promise<void> => {
    const [kept] = await getMany<{ readonly value?: string }>(cluster, settings, [choicesId(index)]);
    const { ranker } = choicesSchema.safeParse(JSON.parse(kept._source?.value ?? '{}')).data ?? {};
    if (ranker !== undefined) await drop(rankerId(index, ranker));
    if (kept.found) await drop(choicesId(index));
  };
  await dropAll().catch(() => undefined);
}
