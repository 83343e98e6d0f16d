import fc from 'fast-check';
import { seed } from './seed.js';

/**
 * The examples that properties are tried on: the same every time, so that a red test is told by the change it came with. `TANDEM_SEED=random npm test` draws
 * others, `TANDEM_SEED=N` those of a failure that was found so.
 */
if (process.env.TANDEM_SEED === 'random') process.stdout.write(`TANDEM_SEED=${seed}\n`);
fc.configureGlobal({ seed });
