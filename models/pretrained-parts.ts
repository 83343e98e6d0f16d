import type { Config } from '../src/config/schema.js';
import { createTowers, type TableName } from './channels.js';
import type { DenseParameter } from './dense-parameter.js';
import type { EmbeddingTable } from './embedding-table.js';
import type { PretrainedEncoder } from './pretrained-encoder.js';

/** The parts of a model that do not start from noise, by the names that the model has for them. */
export interface PretrainedParts {
  /** Whether a part came with an imported encoder and is trained at the rate of those. */
  has(name: string): boolean;
  /** Memory of its own for each parameter, since training changes them. */
  dense(name: string): DenseParameter | undefined;
  /** The first rows; those of the token table are the encoder's own memory, for it may be large and no other table needs it. */
  table(name: TableName, rows: number): EmbeddingTable | undefined;
}

/**
 * Names the weights of an encoder as the towers do: once where they share it, once for each tower otherwise.
 * @param config  with the shape of the encoder, see withEncoder
 */
export function pretrainedParts(config: Config, { weights, token, position }: PretrainedEncoder): PretrainedParts {
  const towers = Object.values(createTowers(config.towers, config.textEncoder));
  const dense = new Map<string, DenseParameter>();
  const tables = new Map<string, EmbeddingTable>([['token', token]]);
  for (const { encoder } of towers) {
    for (const [name, weight] of Object.entries(weights)) dense.set(`${encoder.prefix}.${name}`, weight);
    tables.set(encoder.positions, position);
  }
  return {
    has: name => dense.has(name) || tables.has(name),
    dense(name) {
      const found = dense.get(name);
      return found && { shape: found.shape, values: found.values.slice() };
    },
    table(name, rows) {
      const found = tables.get(name);
      if (found === undefined) return undefined;
      const values = found.values.subarray(0, rows * found.width);
      return { rows, width: found.width, values: found === token ? values : values.slice() };
    },
  };
}
