import { stat } from 'node:fs/promises';
import { join } from 'node:path';

/** Tells the index that stands in a folder from every other one that was ever made; undefined where none stands. */
export const standingAt = (folder: string): Promise<string | undefined> =>
  stat(join(folder, 'documents', 'data.mdb')).then(
    ({ ino, birthtimeMs }) => `${ino}@${birthtimeMs}`,
    () => undefined,
  );
