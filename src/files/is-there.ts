import { access } from 'node:fs/promises';

/** Whether something stands at a path that can be reached. */
export const isThere = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );
