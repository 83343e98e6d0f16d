import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { heldAnswers } from '../../serving/held-answers.js';

/** 100 bytes to a line, `{"line":"..."}` and its end. */
const line = { line: 'x'.repeat(100 - '{"line":""}\n'.length) };

/** Results that count how many were asked for. */
function counted(most: number) {
  const asked = { lines: 0 };
  async function* results() {
    while (asked.lines < most) {
      asked.lines++;
      yield line;
    }
  }
  return { asked, results: results() };
}

/** Waits until nothing more is asked for. */
async function still(asked: { lines: number }): Promise<number> {
  for (let before = -1; before !== asked.lines; await delay(120)) before = asked.lines;
  return asked.lines;
}

describe('answers to bulk loads', () => {
  it('do not wait for a client that sends everything before it reads', async () => {
    const answerLines = heldAnswers({ mostBytes: 100_000, ownBytes: 1_000 });
    const { asked, results } = counted(500);
    const answer = answerLines(results);
    expect(await still(asked)).toBe(500);
    expect(await text(answer)).toHaveLength(50_000);
  });

  it('hold no more than a bound for all who do not read, and go on when one does', async () => {
    const answerLines = heldAnswers({ mostBytes: 100_000, ownBytes: 10_000 });
    const loads = Array.from({ length: 20 }, () => counted(5_000));
    const answers: Readable[] = loads.map(({ results }) => answerLines(results));
    for (const { asked } of loads) await still(asked);
    // all together, and of each what it may hold by itself, each a line or two further
    const held = loads.reduce((sum, { asked }) => sum + asked.lines, 0) * 100;
    expect(held).toBeGreaterThan(100_000);
    expect(held).toBeLessThan(100_000 + 20 * (10_000 + 300));
    expect(await text(answers[0])).toHaveLength(500_000);
    for (const answer of answers.slice(1)) answer.destroy();
  });

  it('are worked off for a client that has left, without being held', async () => {
    const answerLines = heldAnswers({ mostBytes: 1_000, ownBytes: 100 });
    const { asked, results } = counted(1_000);
    const answer = answerLines(results);
    answer.on('error', () => undefined);
    expect(await still(asked)).toBeLessThan(50);
    answer.destroy();
    expect(await still(asked)).toBe(1_000);
  });
});
