import type { Config } from '../src/config/schema.js';
import { type Random, seededRandom } from '../src/math/random.js';
import type { AttributeVocabulary } from './attributes.js';
import { createTowers, hasText, type TableName, type Tower, type TowerName } from './channels.js';
import type { DenseParameter } from './dense-parameter.js';
import { createTable, type EmbeddingTable } from './embedding-table.js';
import type { PretrainedParts } from './pretrained-parts.js';
import { towerParameters } from './towers.js';

/** What the data decided before training: the vocabularies that the features are made with. */
export interface Vocabulary {
  /** countries with a row of their own, sorted */
  readonly countries: readonly string[];
  /** pieces of the tokenizer; 0 without one */
  readonly tokens: number;
  /** longest query in tokens */
  readonly maxQueryTokens: number;
  readonly maxDocumentTokens: number;
  /** numbers of an image vector, where the document tower reads images */
  readonly imageWidth?: number;
  /** what the images of the training documents have in common, [imageWidth]; see meanImage */
  readonly imageMean?: readonly number[];
  /** by field that the document tower reads: how its values become features */
  readonly attributes?: Readonly<Record<string, AttributeVocabulary>>;
}

/** Everything that training changes. */
export interface ModelState {
  readonly towers: Readonly<Record<TowerName, Tower>>;
  readonly dense: Readonly<Record<string, DenseParameter>>;
  readonly tables: Readonly<Partial<Record<TableName, EmbeddingTable>>>;
  /** names of the dense parameters and tables that came with an imported encoder */
  readonly pretrained: ReadonlySet<string>;
}

/** Standard deviation of fresh table rows. */
const tableDeviation = 0.05;

function initialDense(name: string, shape: readonly number[], random: Random): DenseParameter {
  const values = new Float32Array(shape.reduce((a, b) => a * b, 1));
  if (name.endsWith('.scale')) values.fill(1);
  else if (name.endsWith('.weight')) {
    // Glorot & Bengio, 2010: uniform within sqrt(6 / (in + out))
    const bound = Math.sqrt(6 / (shape[0] + shape[1]));
    for (let i = 0; i < values.length; i++) values[i] = bound * (2 * random.next() - 1);
  }
  return { shape, values };
}

/** Rows and columns of each table that the towers read. */
export function tableShapes(
  config: Config,
  vocabulary: Vocabulary,
): Partial<Record<TableName, readonly [number, number]>> {
  const { towers: t, textEncoder } = config;
  const towers = Object.values(createTowers(t, textEncoder));
  const used = new Set(towers.flatMap(tower => tower.channels.flatMap(({ table }) => table ?? [])));
  const shapes: Partial<Record<TableName, readonly [number, number]>> = {};
  if (used.has('trigram')) shapes.trigram = [t.trigramBuckets, t.tableWidth];
  if (used.has('word')) shapes.word = [t.wordBuckets, t.tableWidth];
  if (used.has('country')) shapes.country = [vocabulary.countries.length + 1, t.tableWidth];
  if (used.has('attribute')) shapes.attribute = [t.attributeBuckets, t.tableWidth];
  if (used.has('token')) shapes.token = [vocabulary.tokens, textEncoder.width];
  for (const tower of towers) {
    const longest = tower.name === 'query' ? vocabulary.maxQueryTokens : vocabulary.maxDocumentTokens;
    if (!hasText(tower)) continue;
    const { positions } = tower.encoder;
    shapes[positions] = [Math.max(longest, shapes[positions]?.[0] ?? 0), textEncoder.width];
  }
  return shapes;
}

/**
 * A model before its first step; the same seed gives the same bytes.
 * @param begun  parts that do not start from noise
 * @param extra  names and shapes of parameters that are learnt beside the towers and are no part of them
 */
export function createModelState(
  config: Config,
  vocabulary: Vocabulary,
  begun?: PretrainedParts,
  extra: Readonly<Record<string, readonly number[]>> = {},
): ModelState {
  const random = seededRandom(config.seed);
  const towers = createTowers(config.towers, config.textEncoder, vocabulary.imageWidth);
  const dense: Record<string, DenseParameter> = {};
  for (const tower of Object.values(towers)) {
    for (const [name, shape] of Object.entries(towerParameters(tower, config.towers.tableWidth))) {
      dense[name] ??= begun?.dense(name) ?? initialDense(name, shape, random);
    }
  }
  const tables: Partial<Record<TableName, EmbeddingTable>> = {};
  for (const [name, [rows, width]] of Object.entries(tableShapes(config, vocabulary))) {
    tables[name as TableName] =
      begun?.table(name as TableName, rows) ?? createTable(rows, width, tableDeviation, random);
  }
  for (const [name, shape] of Object.entries(extra)) dense[name] = initialDense(name, shape, random);
  const names = [...Object.keys(dense), ...Object.keys(tables)];
  return { towers, dense, tables, pretrained: new Set(names.filter(name => begun?.has(name))) };
}
