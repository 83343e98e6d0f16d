import { TandemError } from '../src/errors/tandem-error.js';
import { writeFolderAtomically } from '../src/files/atomic.js';
import type { DataManifest } from './manifest.js';
import { checkTarget, type PrepareSummary } from './prepare.js';
import { writePreparedFiles } from './prepared-files.js';
import { type EmojiOptions, emojiDataset } from './sources/emoji.js';
import { checkShares } from './split.js';

/** The slices of the held-out queries of the demo: query id -> { locale, group, overlap }. */
export const slicesFile = 'slices.json';

/**
 * Writes the data set of the demo as `prepare` would, with `slices.json` beside the judgements.
 * @throws TandemError 'config/bad-value' | 'usage/bad-value' | 'files/*'
 */
export async function prepareEmoji({
  out,
  ...options
}: EmojiOptions & { readonly out: string }): Promise<PrepareSummary> {
  checkShares(options.shares);
  await checkTarget(out);
  const { documents, pairs, slices, ...rest } = await emojiDataset(options);
  const extra = { [slicesFile]: `${JSON.stringify(slices)}\n` };
  const afterPairs = () => ({ ...rest, unknownDocuments: 0, unknownJudged: 0, unknownQueries: 0, blankQueries: 0 });
  let manifest: DataManifest | undefined;
  await writeFolderAtomically(out, async folder => {
    const about = { seed: options.seed, shares: options.shares, sources: [] };
    manifest = await writePreparedFiles(folder, { documents, pairs, afterPairs, extra }, about);
  });
  if (manifest === undefined) throw new TandemError('internal', 'the folder was written without a manifest');
  return { folder: out, manifest };
}
