import { createHash } from 'node:crypto';
import { appendFile, mkdtemp, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { ModelState } from '../../../models/model-state.js';
import { loadModel } from '../../../models/runtime/load-model.js';
import { smallConfig } from '../small-towers.js';
import { withArtefact } from './artefact.js';

const config = smallConfig({ query: ['trigram', 'text'] });
const artefactFiles = ['query.onnx', 'document.onnx', 'tables.safetensors', 'tokenizer.json'];

const damaged = (file: string) =>
  expect.objectContaining({ code: 'model/damaged', message: expect.stringContaining(file) });

/** Rewrites model.json. */
async function alterManifest(folder: string, change: (manifest: Record<string, unknown>) => void): Promise<void> {
  const path = join(folder, 'model.json');
  const manifest = JSON.parse(await readFile(path, 'utf8'));
  change(manifest);
  await writeFile(path, JSON.stringify(manifest));
}

describe('a model artefact', () => {
  it('holds its files and nothing else, and says what it is', async () => {
    await withArtefact(config, async ({ folder, vocabulary }) => {
      expect((await readdir(folder)).toSorted()).toEqual([...artefactFiles, 'model.json'].toSorted());
      const model = await loadModel(folder);
      expect(model.config).toEqual(config);
      expect(model.manifest).toMatchObject({ tandem: '0.0.0', metrics: { auc: 0.5 }, vocabulary });
      expect(model.modelId).toMatch(/^[0-9a-f]{64}$/);
      await model.close();
    });
  });

  it.each(artefactFiles)('is refused when %s is missing, cut short, longer or altered', async name => {
    await withArtefact(config, async ({ folder }) => {
      const path = join(folder, name);
      const whole = await readFile(path);
      const spoil: readonly (() => Promise<void>)[] = [
        () => rm(path),
        () => truncate(path, 0),
        () => truncate(path, Math.floor(whole.length / 2)),
        () => truncate(path, whole.length - 1),
        () => appendFile(path, ' '),
        async () => {
          const altered = Buffer.from(whole);
          altered[whole.length - 3] ^= 1;
          await writeFile(path, altered);
        },
      ];
      for (const one of spoil) {
        await one();
        await expect(loadModel(folder)).rejects.toEqual(damaged(path));
        await writeFile(path, whole);
      }
      await (await loadModel(folder)).close();
    });
  });

  it('is refused when model.json is no JSON, cut short anywhere, or something else', async () => {
    await withArtefact(config, async ({ folder }) => {
      const path = join(folder, 'model.json');
      const whole = (await readFile(path, 'utf8')).trimEnd();
      const cuts = Array.from({ length: 20 }, (_, i) => whole.slice(0, Math.floor((i * whole.length) / 20)));
      for (const text of [
        ...cuts,
        '{"format":"tandem-index"}',
        'null',
        '7',
        '[]',
        whole.replace('"bytes"', '"size"'),
      ]) {
        await writeFile(path, text);
        await expect(loadModel(folder), text.slice(0, 20)).rejects.toEqual(damaged('model.json'));
      }
    });
  });

  it('of a version that knew no images and no attributes is loaded, and is the same model', async () => {
    await withArtefact(config, async ({ folder }) => {
      const whole = await loadModel(folder);
      await alterManifest(folder, manifest => {
        const { imageWidth, attributes, ...words } = manifest.vocabulary as Record<string, unknown>;
        const { towers, ...parts } = manifest.config as Record<string, Record<string, unknown>>;
        const { image, attributeBuckets, ...known } = towers;
        manifest.vocabulary = words;
        manifest.config = { ...parts, towers: known };
      });
      const old = await loadModel(folder);
      expect(old.config.towers).toEqual({
        ...config.towers,
        image: { limit: 4, hidden: 256 },
        attributeBuckets: 2 ** 14,
      });
      const rows = [{ id: '1', title: 'red cat' }];
      expect(await old.embedDocuments(rows)).toEqual(await whole.embedDocuments(rows));
      // the identity that the older version gave it, or an index made with that would not take it
      const { config: written, vocabulary, files } = JSON.parse(await readFile(join(folder, 'model.json'), 'utf8'));
      const identity = createHash('sha256').update(JSON.stringify([written, vocabulary, files]));
      expect(old.modelId).toBe(identity.digest('hex'));
      for (const model of [whole, old]) await model.close();
    });
  });

  it.each([1, 3])('of another version, %i, is refused as such, naming the file', async version => {
    await withArtefact(config, async ({ folder }) => {
      await alterManifest(folder, manifest => {
        manifest.version = version;
        manifest.news = true;
      });
      await expect(loadModel(folder)).rejects.toMatchObject({
        code: 'model/unsupported-version',
        message: expect.stringContaining(join(folder, 'model.json')),
      });
    });
  });

  it.each(artefactFiles)('that does not list %s is refused', async name => {
    await withArtefact(config, async ({ folder }) => {
      await alterManifest(folder, manifest => {
        delete (manifest.files as Record<string, unknown>)[name];
      });
      await expect(loadModel(folder)).rejects.toEqual(damaged(name));
    });
  });

  it('that is not there is not found', async () => {
    const empty = await mkdtemp(join(tmpdir(), 'tandem-empty-'));
    for (const folder of [empty, join(empty, 'nowhere')]) {
      await expect(loadModel(folder)).rejects.toMatchObject({
        code: 'data/not-found',
        message: expect.stringContaining(folder),
      });
    }
    await rm(empty, { recursive: true });
  });
});

describe('modelId', () => {
  async function idOf(change?: (state: ModelState) => void): Promise<string> {
    let id = '';
    await withArtefact(
      config,
      async ({ folder }) => {
        const model = await loadModel(folder);
        id = model.modelId;
        await model.close();
      },
      change,
    );
    return id;
  }

  it('is the same for the same model, and another when any one weight is', async () => {
    const id = await idOf();
    expect(await idOf()).toBe(id);
    const names: string[] = [];
    await idOf(({ dense, tables }) => void names.push(...Object.keys(dense), ...Object.keys(tables)));
    const ids = [id];
    for (const name of names.filter((_, i) => i % 4 === 0 || i === names.length - 1)) {
      ids.push(
        await idOf(({ dense, tables }) => {
          const { values } = { ...dense, ...tables }[name] as { values: Float32Array };
          values[values.length - 1] += 1e-3;
        }),
      );
    }
    expect(ids.length).toBeGreaterThan(8);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('does not depend on when it was written or on its figures, but on its configuration', async () => {
    await withArtefact(config, async ({ folder }) => {
      const idNow = async (): Promise<string> => {
        const model = await loadModel(folder);
        await model.close();
        return model.modelId;
      };
      const id = await idNow();
      await alterManifest(folder, manifest => {
        manifest.created = 'another day';
        manifest.metrics = { auc: 0.9 };
      });
      expect(await idNow()).toBe(id);
      await alterManifest(folder, manifest => {
        manifest.vocabulary = { ...(manifest.vocabulary as object), countries: ['DE', 'US'] };
      });
      expect(await idNow()).not.toBe(id);
    });
  });
});
