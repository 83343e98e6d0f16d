import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rename, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { seededRandom } from '../../src/math/random.js';
import type { AblationOptions } from '../../training/ablation/options.js';
import { type AblationSummary, runAblation } from '../../training/ablation.js';
import { train } from '../../training/trainer.js';
import { temporaryFolder } from '../data/temporary-folder.js';
import { ablationOf, baseOf, judgedData, runFiles, shortAblation, variantOf } from './ablation-fixture.js';
import { makeData } from './fixture.js';

/** Steps that a run of the ablation has reported: 0 = nothing was trained. */
async function counted(options: AblationOptions): Promise<{ summary: AblationSummary; steps: string[] }> {
  const steps: string[] = [];
  const summary = await runAblation({
    ...options,
    onProgress: ({ variant, seed, training }) => {
      if (training !== undefined) steps.push(`${variant} ${seed}`);
    },
  });
  return { summary, steps };
}

const runs = ['as-it-begins.3', 'as-it-begins.4', 'base.3', 'base.4', 'without-trigrams.3', 'without-trigrams.4'];

describe('runAblation', () => {
  let out: string;
  let folder: string;
  let whole: AblationSummary;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'tandem-ablation-'));
    out = join(folder, 'out');
    whole = await runAblation(ablationOf(out));
  });
  afterAll(() => rm(folder, { recursive: true }));

  const mean = (row: number, split: 'validation' | 'test' = 'validation'): number => {
    const all = whole.rows[row].results.flatMap(({ splits }) => splits[split]!.queries);
    return all.reduce((sum, { figures }) => sum + figures['nDCG@10'], 0) / all.length;
  };

  it('trains each variant with each seed, keeps the results and takes the models away', async () => {
    expect(whole.trained).toBe(6);
    expect(whole.rows.map(({ variant, results }) => [variant.name, results.map(({ seed }) => seed)])).toEqual([
      ['base', [3, 4]],
      ['without trigrams', [3, 4]],
      ['as it begins', [3, 4]],
    ]);
    expect((await readdir(join(out, 'runs'))).sort()).toEqual(runs.map(name => `${name}.json`));
  });

  it('measures the validation and the test queries, every one of them', () => {
    const ids = makeData().validation!.queries.map(({ id }) => id);
    for (const { results } of whole.rows) {
      for (const { splits } of results) {
        expect(splits.validation!.queries.map(({ id }) => id)).toEqual(ids);
        // the same queries under other ids: the same figures
        expect(splits.test!.queries.map(({ figures }) => figures)).toEqual(
          splits.validation!.queries.map(({ figures }) => figures),
        );
      }
    }
  });

  it('shows that a variant that cannot learn is worse', () => {
    expect(mean(0)).toBeGreaterThan(2 * mean(2));
    expect(mean(0)).not.toBe(mean(1));
  });

  it('gives the figures that the validation of the trainer gives', async () => {
    const folder = await temporaryFolder();
    const { config } = baseOf();
    const { metrics } = await train({ data: judgedData(), config, out: join(folder, 'model'), tandem: '' });
    const { queries, 'ROC AUC': auc } = whole.rows[0].results[0].splits.validation!;
    expect(auc).toBeCloseTo(metrics['ROC AUC'], 6);
    for (const name of ['nDCG@10', 'MRR@10', 'Recall@10', 'Recall@100', 'judged@10']) {
      const value = queries.reduce((sum, { figures }) => sum + figures[name], 0) / queries.length;
      expect(value, name).toBeCloseTo(metrics[name], 6);
    }
  });

  it('takes results that are there as they are, and trains what is missing', async () => {
    const again = await counted(ablationOf(out));
    expect(again.steps).toEqual([]);
    expect(again.summary).toEqual({ ...whole, trained: 0 });
    const options = ablationOf(out);
    const more = [variantOf(options.plan.base, 'concat', { 'towers.fusion': 'concat' })];
    const { steps, summary } = await counted({ ...options, plan: { ...options.plan, variants: more } });
    expect(new Set(steps)).toEqual(new Set(['concat 3', 'concat 4']));
    expect(summary.rows[0]).toEqual(whole.rows[0]);
  });

  it('trains once what two rows have in common', async () => {
    const options = ablationOf(out);
    const same = [variantOf(options.plan.base, 'the same', { 'towers.fusion': 'attention' })];
    const { steps, summary } = await counted({ ...options, plan: { ...options.plan, variants: same } });
    expect(steps).toEqual([]);
    expect(summary.rows[1].results).toEqual(whole.rows[0].results.map(run => ({ ...run, variant: 'the same' })));
    expect(existsSync(join(out, 'runs', 'the-same.3.json'))).toBe(true);
  });

  it('judges anew at another relevance level without training', async () => {
    const { steps, summary } = await counted({ ...ablationOf(out), relevanceLevel: 2 });
    expect(steps).toEqual([]);
    const before = whole.rows[0].results[0].splits.validation!;
    const now = summary.rows[0].results[0].splits.validation!;
    expect(now.relevanceLevel).toBe(2);
    // no gain reaches 2: nothing is relevant; nDCG does not look at the level
    expect(now.queries.every(({ figures }) => figures['Recall@100'] === 0)).toBe(true);
    expect(now.queries.map(({ figures }) => figures['nDCG@10'])).toEqual(
      before.queries.map(({ figures }) => figures['nDCG@10']),
    );
    expect((await counted(ablationOf(out))).summary.rows).toEqual(whole.rows);
  });

  it('trains anew where a result was altered, or made from another configuration, data or program', async () => {
    const path = join(out, 'runs', 'base.3.json');
    const text = await readFile(path, 'utf8');
    const plan = { ...ablationOf(out).plan, seeds: [3] };
    const options = { ...ablationOf(out), plan };
    for (const altered of [text.replace('"steps":16', '"steps":17'), text.slice(0, 500), '']) {
      expect(altered).not.toBe(text);
      await writeFile(path, altered);
      expect(new Set((await counted(options)).steps)).toEqual(new Set(['base 3']));
    }
    const { data } = options.shared;
    const files = { documents: { bytes: 1, sha256: 'b'.repeat(64) } };
    const other = { data: { ...data, manifest: { ...data.manifest, files } }, tandem: '' };
    const alone = { ...options, plan: { ...plan, variants: [] } };
    expect((await counted({ ...alone, shared: other })).summary.trained).toBe(1);
    expect((await counted({ ...alone, shared: { ...options.shared, tandem: '1' } })).summary.trained).toBe(1);
    const { base } = ablationOf(out, { scale: 21 }).plan;
    expect((await counted({ ...options, plan: { base, variants: [], seeds: [3] } })).summary.trained).toBe(1);
    // what changes no model: how often checkpoints are written, how an index is made
    const quiet = ablationOf(out, { scale: 21, checkpointSeconds: 7 }).plan.base;
    expect((await counted({ ...options, plan: { base: quiet, variants: [], seeds: [3] } })).steps).toEqual([]);
  });

  it('keeps the models when asked to', async () => {
    const folder = join(await temporaryFolder(), 'out');
    const plan = { ...ablationOf(folder).plan, variants: [], seeds: [3] };
    await runAblation({ ...ablationOf(folder), plan, keepModels: true });
    expect((await readdir(join(folder, 'runs'))).sort()).toEqual(['base.3.json', 'base.3.model']);
    await runAblation({ ...ablationOf(folder), plan });
    expect(await readdir(join(folder, 'runs'))).toEqual(['base.3.json']);
  });
});

describe('stages that runs have in common', () => {
  /** A base of the stages a, b and variants a, b, c and a, d; all but b of one epoch, 8 steps; b of half of one. */
  function staged(out: string): AblationOptions {
    const options = ablationOf(out, { checkpointSeconds: 1e-6, averaging: 0.9 });
    const [a, b] = options.plan.base.config.training.stages;
    const base = variantOf(options.plan.base, 'base', { 'training.stages': [a, { ...b, epochs: 0.5 }] });
    const third = { ...b, name: 'third', loss: 'margin' };
    const variants = [
      variantOf(base, 'one more', { 'training.stages': [...base.config.training.stages, third] }),
      variantOf(base, 'another end', { 'training.stages.1.pseudoShare': 0 }),
    ];
    return { ...options, plan: { base, variants, seeds: [3] } };
  }

  it('are trained once, and what comes of them is the same', async () => {
    const folder = await temporaryFolder();
    const alone = staged(join(folder, 'alone'));
    for (const variant of alone.plan.variants!) {
      const plan = { base: variant, variants: [], seeds: [3] };
      await runAblation({ ...alone, plan });
    }
    const together = await counted(staged(join(folder, 'together')));
    const stepsOf = (name: string): number => together.steps.filter(step => step === `${name} 3`).length;
    // a takes 240 / 32 = 8 steps, b and d 4, c 8
    expect(['base', 'one more', 'another end'].map(stepsOf)).toEqual([12, 8, 4]);
    const { base: _base, ...variants } = await resultsOf(join(folder, 'together'));
    expect(variants).toEqual(await resultsOf(join(folder, 'alone')));
    expect(await readdir(join(folder, 'together', 'runs'))).not.toContain('.stages');
  });

  it('are taken after an interruption too, and not when they were damaged', async () => {
    const folder = await temporaryFolder();
    const options = staged(join(folder, 'out'));
    const stop = new Error('interrupted');
    const onProgress = ({ variant }: { variant: string }) => {
      if (variant === 'one more') throw stop;
    };
    await expect(runAblation({ ...options, onProgress })).rejects.toBe(stop);
    const kept = join(folder, 'out', 'runs', '.stages');
    // a for `another end`, a and b for `one more`
    const ids = await readdir(kept);
    expect(ids).toHaveLength(2);
    for (const id of ids) await truncate(join(kept, id, 'checkpoint.safetensors'), 150);
    // what the interrupted run itself has kept would be gone on with
    const runs = join(folder, 'out', 'runs');
    const own = (await readdir(runs)).filter(name => name.endsWith('.training'));
    expect(own).toHaveLength(1);
    for (const name of own) await rm(join(runs, name), { recursive: true });
    const { steps } = await counted(options);
    // `one more` takes a, b and c, 8 + 4 + 8 steps, and keeps a anew
    expect(steps.filter(step => step === 'one more 3')).toHaveLength(20);
    expect(steps.filter(step => step === 'another end 3')).toHaveLength(4);
  });

  /** What was found, by row. */
  async function resultsOf(out: string): Promise<Record<string, unknown>> {
    const files = await runFiles(out);
    return Object.fromEntries(Object.entries(files).map(([name, content]) => [name.split('.')[0], content]));
  }
});

describe('what is refused before the first step', () => {
  const refused = async (change: (options: AblationOptions) => AblationOptions) => {
    const out = join(await temporaryFolder(), 'out');
    const steps: unknown[] = [];
    const run = runAblation({ ...change(ablationOf(out)), onProgress: now => steps.push(now) });
    const error = await run.catch(error => error);
    expect([steps, existsSync(out)]).toEqual([[], false]);
    return error;
  };
  const withVariant = (name: string, changes: Readonly<Record<string, unknown>>) => (options: AblationOptions) => {
    const { plan } = options;
    return { ...options, plan: { ...plan, variants: [...plan.variants!, variantOf(plan.base, name, changes)] } };
  };

  it('a variant whose tower has no channel that the data knows', async () => {
    const error = await refused(withVariant('descriptions alone', { 'towers.document': ['descriptionWord'] }));
    expect(error).toMatchObject({ code: 'training/no-examples' });
    expect(error.message).toMatch(/^variant "descriptions alone": /);
  });

  it('a variant whose encoder is not there', async () => {
    const error = await refused(withVariant('encoder', { 'textEncoder.import': '/not/there' }));
    expect(error.message).toMatch(/^variant "encoder": .*\/not\/there/);
  });

  it.each(['base', 'BASE', 'without  trigrams', 'Without/trigrams'])('two rows of one name: %s', async name => {
    const error = await refused(withVariant(name, {}));
    expect(error).toMatchObject({ code: 'config/bad-value' });
    expect(error.message).toContain(`"${name}"`);
  });

  it('data without judged queries', async () => {
    const data = makeData({ validation: false });
    const error = await refused(options => ({ ...options, shared: { data, tandem: '' } }));
    expect(error).toMatchObject({ code: 'evaluation/no-queries' });
  });
});

it('trains the other rows when one diverges, and then names it', async () => {
  const out = join(await temporaryFolder(), 'out');
  const options = ablationOf(out);
  const wild = variantOf(options.plan.base, 'wild', {
    'training.learningRate': 1,
    'training.scale': 1000,
    'training.clipNorm': 1e38,
    'training.adam.epsilon': 1e-300,
    'training.adam.beta2': 0,
  });
  const plan = { base: options.plan.base, variants: [wild, options.plan.variants![0]], seeds: [3] };
  const error = await runAblation({ ...options, plan }).catch(error => error);
  expect(error).toMatchObject({ code: 'training/diverged' });
  expect(error.message).toMatch(/^variant "wild": /);
  expect(await readdir(join(out, 'runs'))).toEqual(expect.arrayContaining(['base.3.json', 'without-trigrams.3.json']));
});

describe('an ablation that is killed', () => {
  const child = fileURLToPath(new URL('ablate.child.ts', import.meta.url));

  /** Kills the child so many milliseconds after it has said its n-th line. @returns what it said */
  async function run(out: string, kill?: { lines: number; later: number }): Promise<string> {
    const process_ = spawn(process.execPath, ['--import', 'tsx', child, out], { stdio: ['ignore', 'pipe', 'inherit'] });
    let said = '';
    process_.stdout.on('data', (text: Buffer) => {
      said += text;
      if (kill !== undefined && said.split('\n').length > kill.lines)
        setTimeout(() => process_.kill('SIGKILL'), kill.later);
    });
    await once(process_, 'close');
    return said;
  }

  it('goes on where it stood and comes to the same', async () => {
    const folder = await temporaryFolder();
    const [whole, broken] = [join(folder, 'whole'), join(folder, 'broken')];
    await runAblation(shortAblation(whole));
    const random = seededRandom(5);
    // in the middle of the first model of 16 steps, then behind its measuring, in the middle of the second
    const first = await run(broken, { lines: 5 + random.below(4), later: random.below(8) });
    const second = await run(broken, { lines: 14 + random.below(4), later: random.below(8) });
    const last = await run(broken);
    expect([first, second, last].map(said => said.includes('done'))).toEqual([false, false, true]);
    const lines = `${first}${second}${last}`.match(/step|measure/g)!.length;
    // 16 steps and a measuring for each of two models; a kill may fall between a step that was said and its checkpoint
    expect(lines).toBeGreaterThanOrEqual(2 * 17);
    expect(lines).toBeLessThanOrEqual(2 * 17 + 2);
    expect(await runFiles(broken)).toEqual(await runFiles(whole));
  }, 240_000);

  it('measures a model that was trained, without training it again', async () => {
    const out = join(await temporaryFolder(), 'out');
    const plan = { ...ablationOf(out).plan, variants: [], seeds: [3] };
    await runAblation({ ...ablationOf(out), plan, keepModels: true });
    const result = join(out, 'runs', 'base.3.json');
    await rename(result, `${out}.json`);
    const { steps } = await counted({ ...ablationOf(out), plan });
    expect(steps).toEqual([]);
    expect(await readFile(result, 'utf8')).toBe(await readFile(`${out}.json`, 'utf8'));
  });
});
