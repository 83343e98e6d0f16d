import { describe, expect, it } from 'vitest';
import { finish } from '../../src/math/finish.js';
import { inTurns, unitsOfTurn } from '../../src/search/turns.js';

function* work(steps: readonly number[], done: number[]): Generator<number, string> {
  for (const units of steps) {
    done.push(units);
    yield units;
  }
  return 'made';
}

describe('inTurns', () => {
  it('gives what the work gives, and lets others have their turn whenever its units are done', async () => {
    const done: number[] = [];
    const steps = Array.from({ length: 12 }, () => unitsOfTurn / 3);
    const seen: number[] = [];
    let running = true;
    const other = (): void => {
      seen.push(done.length);
      if (running) setImmediate(other);
    };
    setImmediate(other);
    expect(await inTurns(work(steps, done))).toBe('made');
    running = false;
    // three steps and what they round to are a turn
    expect(Math.max(...seen.map((count, i) => count - (seen[i - 1] ?? 0)))).toBeLessThanOrEqual(4);
    expect(done).toHaveLength(12);
  });

  it('goes through a failure of the work', async () => {
    function* broken(): Generator<number, never> {
      yield unitsOfTurn;
      throw new Error('broken');
    }
    await expect(inTurns(broken())).rejects.toThrow('broken');
  });

  it('gives what the work gives in one go', () => {
    expect(finish(work([1, 2], []))).toBe('made');
  });
});
