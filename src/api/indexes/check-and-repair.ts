import { checkIndex, type IndexCheck } from '../../search/check-index.js';
import { repairIndex } from '../../search/repair-index.js';
import { activeModelFolder, isFolder, openWithImages } from './index-models.js';

async function repair(folder: string): Promise<void> {
  const model = await activeModelFolder(folder);
  if (!(await isFolder(model))) {
    await repairIndex(folder);
    return;
  }
  const { embedder, close } = await openWithImages(folder, model);
  await repairIndex(folder, embedder).finally(close);
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
