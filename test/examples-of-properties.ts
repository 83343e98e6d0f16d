import fc from 'fast-check';

/**
 * The examples that properties are tried on: the same every time, so that a red test is told by the change it came with. `TANDEM_SEED=random npm test` draws
 * others, `TANDEM_SEED=N` those of a failure that was found so.
 */
const given = process.env.TANDEM_SEED ?? '20260901';
const seed = given === 'random' ? Math.floor(Math.random() * 2 ** 31) : Number(given);
if (!Number.isSafeInteger(seed)) throw new Error(`TANDEM_SEED=${given}: a whole number, or random`);
if (given === 'random') process.stdout.write(`TANDEM_SEED=${seed}\n`);
fc.configureGlobal({ seed });
