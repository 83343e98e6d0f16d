import { path } from '../../flags.js';

export const keysFlag = {
  keys: { value: 'FILE', help: 'file of keys, as `tandem serve --keys` reads it', schema: path },
} as const;
