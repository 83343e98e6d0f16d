import type { TrainingPair } from '../data/prepared.js';
import type { TableName, Tower } from '../models/channels.js';
import type { Features } from '../models/features.js';
import type { ModelState } from '../models/model-state.js';
import type { Corpus } from './corpus.js';

/**
 * Rows of the hashed tables that no document and no training query has a feature for start from zero: until something is learnt for
 * them they say nothing, instead of noise, in a query that holds an unknown word. They also take no room in the artefact.
 */
export function silenceAbsentFeatures(model: ModelState, corpus: Corpus, pairs: readonly TrainingPair[]): void {
  const seen = new Map<TableName, Uint8Array>();
  for (const name of ['trigram', 'word', 'attribute'] as const) {
    const table = model.tables[name];
    if (table !== undefined) seen.set(name, new Uint8Array(table.rows));
  }
  const mark = (tower: Tower, features: Features): void => {
    for (const [c, { table }] of tower.channels.entries()) {
      const rows = table && seen.get(table);
      const ids = features[c];
      if (rows !== undefined && ids instanceof Int32Array) for (const id of ids) rows[id] = 1;
    }
  };
  for (const features of corpus.documents) mark(model.towers.document, features);
  for (const { query, country } of pairs) mark(model.towers.query, corpus.queryFeatures({ text: query, country }));
  for (const [name, rows] of seen) {
    const { width, values } = model.tables[name]!;
    for (const [row, known] of rows.entries()) if (known === 0) values.fill(0, row * width, (row + 1) * width);
  }
}
