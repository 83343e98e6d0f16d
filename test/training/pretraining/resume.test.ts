import { readdir, readFile, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../../src/math/random.js';
import { type PretrainOptions, pretrain } from '../../../training/pretraining/pretrainer.js';
import { temporaryFolder } from '../../data/temporary-folder.js';
import { outcomeOf, runChild } from '../killed-run.js';
import { encoderBytes } from './encoder-bytes.js';
import { pairedTexts, patternConfig } from './pattern.js';

const child = fileURLToPath(new URL('pretrain.child.ts', import.meta.url));

type Kill = Parameters<typeof runChild>[2];

const run = (out: string, resume: boolean, kill?: Kill): Promise<string> =>
  runChild(child, [out, resume ? 'resume' : 'fresh'], kill);

describe('pretraining that is killed', () => {
  it('gives the same bytes, figures and steps as one that is not', async () => {
    const folder = await temporaryFolder();
    const [whole, broken] = [join(folder, 'whole'), join(folder, 'broken')];
    const expected = outcomeOf(await run(whole, false));
    const random = seededRandom(1);
    let said = '';
    for (let n = 0; n < 3 && !said.includes('done'); n++) {
      said = await run(broken, n > 0, { steps: 1 + random.below(3), later: random.below(12) });
    }
    if (!said.includes('done')) said = await run(broken, true);
    expect(outcomeOf(said)).toEqual(expected);
    expect(await encoderBytes(broken)).toEqual(await encoderBytes(whole));
    expect((await readdir(folder)).sort()).toEqual(['broken', 'whole']);
  }, 240_000);
});

const config = patternConfig({ epochs: 2 }, {}, { checkpointSeconds: 1e-6 });
const texts = pairedTexts(100);

/** Stops when the n-th step has been said, as a person would with ctrl-c. */
async function interrupted(out: string, steps: number): Promise<void> {
  const stop = new Error('interrupted');
  const onProgress = ({ done }: { done: number }) => {
    if (done > steps) throw stop;
  };
  await expect(pretrain({ texts, config, out, tandem: '', onProgress })).rejects.toBe(stop);
}

const resumed = (out: string, more: Partial<PretrainOptions> = {}) =>
  pretrain({ texts, config, out, tandem: '', resume: true, ...more });

describe('resume of pretraining', () => {
  it('refuses another configuration or other texts, and keeps the checkpoint', async () => {
    const out = join(await temporaryFolder(), 'encoder');
    await interrupted(out, 2);
    const checkpoint = join(`${out}.training`, 'checkpoint.safetensors');
    const bytes = await readFile(checkpoint);
    const mismatch = { code: 'training/checkpoint-mismatch' };
    const other = { ...config, pretraining: { ...config.pretraining, maskShare: 0.2 } };
    await expect(resumed(out, { config: other })).rejects.toMatchObject(mismatch);
    await expect(resumed(out, { texts: pairedTexts(101) })).rejects.toMatchObject(mismatch);
    const translations = [{ source: texts[0], target: texts[1] }];
    await expect(resumed(out, { translations })).rejects.toMatchObject(mismatch);
    expect(await readFile(checkpoint)).toEqual(bytes);
    const { steps, counts } = await resumed(out);
    expect(steps).toBe(Math.ceil((2 * counts.windows) / 32));
  }, 120_000);

  it.each(['checkpoint.safetensors', 'log.jsonl'])('refuses a %s that is cut short', async name => {
    const folder = await temporaryFolder();
    const out = join(folder, 'encoder');
    await interrupted(out, 2);
    await truncate(join(`${out}.training`, name), 100);
    await expect(resumed(out)).rejects.toMatchObject({ code: 'training/checkpoint-damaged' });
    expect(await readdir(folder)).toEqual(['encoder.training']);
  });
});
