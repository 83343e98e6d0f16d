import { z } from 'zod';
import { isTree, type Tree } from './tree.js';

/** Name of a row; rows are told apart by it, and their files are named after it. */
const rowName = z
  .string()
  .min(1)
  .max(60)
  .refine(name => /[\p{L}\p{N}]/u.test(name), 'a name needs a letter or a digit');

/** An object as it was read, whatever its keys: the configuration's own schema judges them. */
const tree = z.custom<Tree>(isTree, 'expected an object');

const variantSchema = z.strictObject({
  name: rowName,
  set: tree.refine(
    set => !(isTree(set) && Object.hasOwn(set, 'seed')),
    'every row is trained with the same seeds; name them under `seeds`',
  ),
});

/** What `tandem ablate --config` reads: a base, and variants that change it. */
export const ablationSchema = z.strictObject({
  /** where the base starts from */
  preset: z.string().optional(),
  /** the base configuration */
  config: tree.default({}),
  /** every row is trained once with each; the seed of the base when absent */
  seeds: z
    .array(
      z
        .int()
        .min(0)
        .max(2 ** 32 - 1),
    )
    .min(1)
    .max(100)
    .refine(seeds => new Set(seeds).size === seeds.length, 'a seed may stand once')
    .optional(),
  /** name of the first row */
  baseName: rowName.default('base'),
  /** rows after the base: dotted keys of the configuration with the values they get; absent = what is there left out, one at a time */
  variants: z.array(variantSchema).min(1).max(1000).optional(),
});

export type AblationFile = z.infer<typeof ablationSchema>;

/** A file with any of these keys is an ablation; another one is a configuration. */
export const ablationKeys = Object.keys(ablationSchema.shape);
