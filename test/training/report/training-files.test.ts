import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readTrainingLog, writeTrainingFiles } from '../../../training/report/training-files.js';
import { temporaryFolder } from '../../data/temporary-folder.js';

const rows = [
  { step: 10, stage: 'pseudo', loss: 4, examplesPerSecond: 1000 },
  { step: 20, stage: 'pseudo', loss: 2, validation: { 'ROC AUC': 0.8 } },
];

describe('the files of a training run', () => {
  it('are its rows, its curves and its report', async () => {
    const model = await temporaryFolder();
    await writeTrainingFiles(model, rows);
    expect((await readdir(model)).sort()).toEqual(['training.html', 'training.json', 'training.svg']);
    expect(await readTrainingLog(model)).toEqual(rows);
    const curves = await readFile(join(model, 'training.svg'), 'utf8');
    for (const title of ['Training loss', 'Validation']) expect(curves).toContain(title);
  });

  it('of a run without a figure have no curves', async () => {
    const model = await temporaryFolder();
    await writeTrainingFiles(model, []);
    expect((await readdir(model)).sort()).toEqual(['training.html', 'training.json']);
    expect(await readTrainingLog(model)).toEqual([]);
  });

  it('are not there for an imported model', async () => {
    expect(await readTrainingLog(await temporaryFolder())).toBeUndefined();
  });

  it.each(['', '{"rows":[{"step":-1,"stage":"a"}]}', '{"rows":[{"step":1,"stage":"a","loss":"0"}]}', '[]'])(
    'are refused when damaged: %s',
    async text => {
      const model = await temporaryFolder();
      await writeFile(join(model, 'training.json'), text);
      await expect(readTrainingLog(model)).rejects.toMatchObject({ code: 'model/damaged' });
    },
  );
});
