import { TandemError } from '../../../src/errors/tandem-error.js';

/** What an index of this machine can and one of a cluster cannot: it is refused, never answered otherwise. docs/scale.md lists all of it. */
export const unsupported = (what: string): TandemError =>
  new TandemError('cluster/unsupported', `an index of a cluster does not know ${what}`);
