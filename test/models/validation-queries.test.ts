import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readPrepared } from '../../data/prepared.js';
import { learntFrom, modelManifestSchema } from '../../models/manifest.js';
import { loadModel } from '../../models/runtime/load-model.js';
import { readValidationQueries } from '../../models/runtime/read-validation.js';
import { writeValidationRows } from '../../models/validation-queries.js';
import { trainSmallModel } from '../small-model.js';

let folder: string;
let model: string;
let data: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tandem-validation-'));
  ({ model, data } = await trainSmallModel(folder));
});
afterAll(() => rm(folder, { recursive: true }));

const manifestOf = async () => JSON.parse(await readFile(join(model, 'model.json'), 'utf8'));

describe('a model that learnt from pairs', () => {
  it('carries the queries that it was validated on, with their judgements', async () => {
    const { validation } = await readPrepared(data);
    expect(validation?.queries.length).toBeGreaterThan(0);
    expect(await readValidationQueries(model)).toEqual(validation);
    expect(learntFrom(modelManifestSchema.parse(await manifestOf()))).toBe('pairs');
  });

  it('is refused where they were altered, as with every other file', async () => {
    const path = join(model, 'validation.jsonl');
    const text = await readFile(path, 'utf8');
    await writeFile(path, text.replace('"judgements"', '"judgement_"'));
    await expect(readValidationQueries(model)).rejects.toMatchObject({ code: 'model/damaged' });
    await expect(loadModel(model)).rejects.toMatchObject({ code: 'model/damaged' });
    await writeFile(path, text);
  });

  it('has none where it was written before models carried them', async () => {
    const path = join(model, 'model.json');
    const text = await readFile(path, 'utf8');
    const { learntFrom: _, ...manifest } = JSON.parse(text);
    delete manifest.files['validation.jsonl'];
    await writeFile(path, JSON.stringify(manifest));
    expect(await readValidationQueries(model)).toBeUndefined();
    const older = modelManifestSchema.parse(await manifestOf());
    expect(learntFrom(older)).toBe('pairs'); // it has figures: there were pairs to validate on
    expect(learntFrom({ ...older, metrics: {} })).toBe('documents');
    const encoder = { ...older.config, towers: { ...older.config.towers, fusion: 'none' as const } };
    expect(learntFrom({ ...older, metrics: {}, config: encoder })).toBe('nothing');
    await (await loadModel(model)).close();
    await writeFile(path, text);
  });
});

describe('writeValidationRows', () => {
  it('leaves out what nobody has judged, and draws 4,000 of more, in their order', () => {
    const queries = Array.from({ length: 5_000 }, (_, i) => ({ id: `q${i}`, text: `text ${i}` }));
    const qrels = new Map(queries.slice(1).map(({ id }) => [id, new Map([['d', 1]])]));
    const rows = writeValidationRows({ queries, qrels })
      .trimEnd()
      .split('\n')
      .map(line => JSON.parse(line));
    expect(rows).toHaveLength(4_000);
    const numbers = rows.map(({ id }: { id: string }) => Number(id.slice(1)));
    expect(numbers).toEqual([...new Set(numbers)].sort((a, b) => a - b));
    expect(numbers[0]).toBeGreaterThan(0);
    expect(rows[0]).toEqual({ id: `q${numbers[0]}`, text: `text ${numbers[0]}`, judgements: { d: 1 } });
  });
});
