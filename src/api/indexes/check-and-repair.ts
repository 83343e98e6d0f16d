import { checkIndex, type IndexCheck } from '../../search/check-index.js';
import { repairIndex } from '../../search/repair-index.js';
import { isFolder, modelFolder, openIndexImages } from './open-search.js';

async function repair(folder: string): Promise<void> {
  if (!(await isFolder(modelFolder(folder)))) {
    await repairIndex(folder);
    return;
  }
  const { loadModel } = await import('../../../models/runtime/load-model.js');
  const images = await openIndexImages(folder);
  const model = await loadModel(modelFolder(folder), { images: images?.source });
  await repairIndex(folder, model).finally(async () => {
    await model.close();
    await images?.close();
  });
}

/** Checks an index; where something is wrong and a repair is wanted, repairs it with its own model and checks again. */
export async function checkAndRepair(
  folder: string,
  wanted: boolean,
): Promise<{ readonly before: IndexCheck; readonly after: IndexCheck }> {
  const before = await checkIndex(folder);
  if (before.problems.length === 0 || !wanted) return { before, after: before };
  await repair(folder);
  return { before, after: await checkIndex(folder) };
}
