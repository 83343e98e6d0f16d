import { join } from 'node:path';
import { z } from 'zod';
import { TandemError } from '../../src/errors/tandem-error.js';
import type { EncoderShape } from '../pretrained-encoder.js';
import { readJson } from './read-json.js';
import type { Taken } from './taken.js';

/** modules.json of a sentence-transformers folder: the encoder, and what comes after it. */
const modulesSchema = z.array(z.object({ path: z.string(), type: z.string() }));

/** What a tower does itself: it pools, and its embeddings have length 1. */
const knownModules = ['Transformer', 'Pooling', 'Normalize'];

export interface Modules {
  /** folder of config.json, the weights and the tokenizer */
  readonly root: string;
  readonly pooling: Taken<EncoderShape['pooling']>;
  /** whether the tokens of a prompt count for the pooled vector */
  readonly poolsPrompt: boolean;
}

const unsupported = (why: string): TandemError => new TandemError('model/unsupported-encoder', why);

/**
 * Reads how a sentence-transformers folder is made up; a folder without modules.json is the encoder alone.
 * @throws TandemError 'model/damaged' | 'model/unsupported-encoder', naming the module or the pooling
 */
export async function readModules(folder: string): Promise<Modules> {
  const path = join(folder, 'modules.json');
  const modules = await readJson(path, modulesSchema);
  const pooling = async (place: string) => readJson(join(folder, place, 'config.json'), poolingSchema);
  if (modules === undefined) {
    const found = await pooling('1_Pooling');
    const nothing: Taken<'mean'> = { value: 'mean', from: 'default, the folder does not say' };
    if (found === undefined) return { root: folder, pooling: nothing, poolsPrompt: true };
    return { root: folder, ...poolingOf(found, '1_Pooling/config.json') };
  }
  const named = modules.map(({ type, path: place }) => ({ kind: type.split('.').at(-1)!, type, place }));
  for (const { kind, type } of named) {
    if (!knownModules.includes(kind)) throw unsupported(`${path}: the module ${type}`);
  }
  const [first, second, ...more] = named;
  if (first?.kind !== 'Transformer' || second?.kind !== 'Pooling' || more.some(({ kind }) => kind !== 'Normalize')) {
    const order = named.map(({ kind }) => kind).join(', ');
    throw unsupported(`${path}: the modules ${order || 'of an empty list'}; Transformer, Pooling, Normalize are known`);
  }
  const found = await pooling(second.place);
  const name = join(second.place, 'config.json');
  if (found === undefined) {
    const message = `${join(folder, name)}: is missing, and modules.json names it`;
    throw new TandemError('model/damaged', message, { path: join(folder, name) });
  }
  return { root: join(folder, first.place), ...poolingOf(found, name) };
}

/** Older folders have a switch for each mode, newer ones its name. */
const poolingSchema = z.looseObject({
  pooling_mode: z.string().nullish(),
  include_prompt: z.boolean().nullish(),
});

/** By their name less `pooling_mode_` and `_token(s)`. The mean over the square root of the length points where the mean does. */
const knownModes: Readonly<Record<string, EncoderShape['pooling']>> = {
  mean: 'mean',
  mean_sqrt_len: 'mean',
  cls: 'cls',
};

function poolingOf(pooling: z.output<typeof poolingSchema>, from: string): Pick<Modules, 'pooling' | 'poolsPrompt'> {
  const switched = Object.keys(pooling).filter(key => key.startsWith('pooling_mode_') && pooling[key] === true);
  const wanted = typeof pooling.pooling_mode === 'string' ? [pooling.pooling_mode] : switched;
  const modes = wanted.map(mode => mode.replace(/^pooling_mode_/, '').replace(/_tokens?$/, ''));
  const value = modes.length === 1 ? knownModes[modes[0]] : undefined;
  if (value === undefined) {
    throw unsupported(`${from}: pooling by ${wanted.join(' and ') || 'nothing known'}; mean and cls are known`);
  }
  return { pooling: { value, from }, poolsPrompt: pooling.include_prompt !== false };
}
