import { z } from 'zod';
import { backends } from '../config/backends.js';
import { type ColumnMapping, columnTypesSchema } from '../config/mapping.js';
import { presetNames } from '../config/presets.js';
import { projectFileName } from '../config/project.js';
import { redisUrlSchema } from '../config/redis.js';
import { TandemError } from '../errors/tandem-error.js';

/** Flags that several commands share, so that one name means one thing everywhere. */

export const path = z.string().min(1, 'expected a path');
export const paths = z.array(path).default([]);
export const switched = z.boolean().default(false);

/** A whole number typed on the command line. @param low, high  inclusive bounds */
export const wholeNumber = (low: number, high: number) =>
  z
    .string()
    .refine(text => /^-?\d+$/.test(text) && Number(text) >= low && Number(text) <= high, {
      error: `expected a whole number from ${low} to ${high}`,
    })
    .transform(Number);

/** Whole numbers parted by commas. @param low, high  inclusive bounds of each */
export const wholeNumbers = (low: number, high: number) => {
  const one = wholeNumber(low, high);
  return z
    .string()
    .transform(text => text.split(',').map(part => part.trim()))
    .pipe(z.array(one, { error: `expected whole numbers from ${low} to ${high}, parted by commas` }));
};

/** A number typed on the command line. @param low, high  inclusive bounds */
export const number = (low: number, high: number) =>
  z
    .string()
    .refine(text => text.trim() !== '' && Number(text) >= low && Number(text) <= high, {
      error: `expected a number from ${low} to ${high}`,
    })
    .transform(Number);

/** Values parted by commas. */
export const commaSeparated = <S extends z.ZodType<unknown, string>>(value: S) =>
  z
    .string()
    .transform(text => text.split(',').map(part => part.trim()))
    .pipe(z.array(value));

/** Words of the command line as one text, whether they were quoted or not. */
export const textOf = (words: readonly string[]): string => words.join(' ');

const columnType = z
  .string()
  .regex(/^[^=]+=(?:text|number|boolean)$/, 'expected COLUMN=TYPE of text, number or boolean, parted by commas');

/** How a table of documents is read. */
export const tableFlags = {
  types: {
    value: 'COLUMN=TYPE,...',
    help: 'types of columns, in place of those that their values tell: rating=number,ean=text,in_stock=boolean',
    schema: z
      .string()
      .transform(text => text.split(',').map(part => part.trim()))
      .pipe(z.array(columnType))
      .transform(parts => columnTypesSchema.parse(Object.fromEntries(parts.map(part => part.split('=')))))
      .optional(),
  },
} as const;

export const modes = ['hybrid', 'vector', 'token'] as const;

export const modeFlag = {
  mode: {
    value: 'MODE',
    help: 'hybrid, vector or token; hybrid where the index has vectors, token where it has none',
    schema: z.enum(modes, { error: `expected one of ${modes.join(', ')}` }).optional(),
  },
} as const;

export const weightFlag = {
  weight: {
    value: 'W',
    help: 'of the vectors in mode hybrid, 0 to 1 (default: that of the index)',
    schema: number(0, 1).optional(),
  },
} as const;

/** Of what goes through a Redis alone. */
export const redisFlag = {
  value: 'URL',
  help: 'address of the Redis, such as redis://127.0.0.1:6379 (rediss:// through TLS)',
  schema: redisUrlSchema,
} as const;

/** Where an index lies: in a folder, or in a cluster. */
export const backendFlags = {
  backend: {
    value: 'NAME',
    help: 'embedded: the index is a folder (default); opensearch: it is the name of an index of a cluster (docs/scale.md)',
    schema: z.enum(backends, { error: `expected one of ${backends.join(', ')}` }).optional(),
  },
  url: {
    value: 'URL,...',
    help: 'with --backend opensearch: addresses of the cluster, such as http://127.0.0.1:9200',
    schema: commaSeparated(
      z.url({ protocol: /^https?$/, error: 'expected an address such as http://127.0.0.1:9200' }),
    ).optional(),
  },
} as const;

/** Where a cluster keeps snapshots. */
export const repositoryFlags = {
  repository: {
    value: 'NAME',
    help: 'with --backend opensearch: repository of the cluster (default tandem)',
    schema: path.optional(),
  },
  location: {
    value: 'DIR',
    help: 'with --backend opensearch: folder that all nodes share (`path.repo`), for a repository that is not there yet',
    schema: path.optional(),
  },
} as const;

/** The same for what asks the index: the model of an index of a cluster lies beside it. */
export const searchedBackendFlags = {
  ...backendFlags,
  model: {
    value: 'DIR',
    help: 'with --backend opensearch: the model that the index was made with; without it tokens alone answer',
    schema: path.optional(),
  },
} as const;

export const imageFlags = {
  pictures: { value: 'DIR', help: "folder of the documents' pictures", schema: path.optional() },
  imageCache: {
    value: 'DIR',
    help: 'folder that the vectors of pictures are kept in (default: image-cache beside --out)',
    schema: path.optional(),
  },
} as const;

/** The same for what trains a model. */
export const trainingImageFlags = {
  ...imageFlags,
  imageEncoder: {
    value: 'ENCODER',
    help: 'folder that `tandem import-image-encoder` wrote, for the channel image',
    schema: path.optional(),
  },
} as const;

/** @throws TandemError 'usage/missing-option' for pictures without what makes vectors of them */
export function trainingImagesOf({
  pictures,
  imageEncoder: encoder,
  imageCache: cache,
}: {
  readonly pictures?: string;
  readonly imageEncoder?: string;
  readonly imageCache?: string;
}): { encoder: string; pictures?: string; cache?: string } | undefined {
  if (encoder === undefined && pictures !== undefined)
    throw new TandemError('usage/missing-option', '--image-encoder is missing: it makes vectors of the pictures');
  return encoder === undefined ? undefined : { encoder, pictures, cache };
}

export const configFlags = {
  config: { value: 'FILE', help: 'configuration, a JSON file', schema: path.optional() },
  preset: { value: 'NAME', help: `starting point: ${presetNames.join(', ')}`, schema: z.string().optional() },
  set: {
    value: 'KEY=VALUE',
    repeat: true,
    help: 'one key of the configuration, dotted, with a JSON value; may be repeated',
    schema: z.array(z.string()).default([]),
  },
} as const;

/** `sku=id,name=title`: columns of a file of documents and the fields that they hold. */
export const mapFlags = {
  map: {
    value: 'COLUMN=FIELD,...',
    repeat: true,
    help: 'columns and the fields that they hold, such as sku=id,name=title; over those of a project; may be repeated',
    schema: z
      .array(z.string())
      .default([])
      .transform((texts, context): ColumnMapping => {
        const mapping = new Map<string, string>();
        for (const part of texts.flatMap(text => text.split(','))) {
          const at = part.lastIndexOf('=');
          const [column, field] = [part.slice(0, at).trim(), part.slice(at + 1).trim()];
          if (at < 1 || column === '' || field === '') {
            context.addIssue({ code: 'custom', message: `expected COLUMN=FIELD, such as sku=id, got "${part}"` });
            return z.NEVER;
          }
          if (mapping.has(field)) {
            context.addIssue({
              code: 'custom',
              message: `${field} is named twice: "${mapping.get(field)}" and "${column}"`,
            });
            return z.NEVER;
          }
          mapping.set(field, column);
        }
        return Object.fromEntries(mapping);
      }),
  },
} as const;

/** Where a service listens. */
export const addressFlags = {
  port: {
    value: 'N',
    help: 'port, 0 = any free one (default 8080)',
    schema: wholeNumber(0, 65_535).prefault('8080'),
  },
  host: {
    value: 'ADDRESS',
    help: 'address to listen on (default 127.0.0.1)',
    schema: z.string().default('127.0.0.1'),
  },
} as const;

/** @throws TandemError 'usage/missing-option' where neither a flag nor a project says what to read */
export function needed<T>(source: T | undefined, flag: string): T {
  if (source !== undefined) return source;
  const message = `--${flag} is missing: the file to read; \`tandem init FILE\` writes ${projectFileName}, which says it once for all commands`;
  throw new TandemError('usage/missing-option', message, { flag: `--${flag}` });
}
