const given = process.env.TANDEM_SEED ?? '20260901';

/** What random examples of tests are drawn by: the same every time, but where `TANDEM_SEED` says `random` or another whole number. */
export const seed = given === 'random' ? Math.floor(Math.random() * 2 ** 31) : Number(given);
if (!Number.isSafeInteger(seed)) throw new Error(`TANDEM_SEED=${given}: a whole number, or random`);
