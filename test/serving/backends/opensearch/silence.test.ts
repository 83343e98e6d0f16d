import { describe, expect, it } from 'vitest';
import { lookedAgainMs, whileAnswering } from '../../../../serving/backends/opensearch/silence.js';
import { TandemError } from '../../../../src/errors/tandem-error.js';

const silent = () => Promise.reject(new TandemError('cluster/unreachable', 'no answer'));

function guard() {
  let [time, looks, answers, asked] = [0, 0, false, 0];
  const ask = whileAnswering(
    async () => {
      looks++;
      if (!answers) await silent();
    },
    () => time,
  );
  const tried = async (work: () => Promise<unknown>): Promise<unknown> => {
    const counted = () => {
      asked++;
      return work();
    };
    return ask(counted).catch((error: TandemError) => error.code);
  };
  return {
    tried,
    pass: (ms: number) => {
      time += ms;
    },
    answer: () => {
      answers = true;
    },
    counts: () => ({ looks, asked }),
  };
}

const works = async (): Promise<string> => 'answer';

describe('a cluster that is silent', () => {
  it('is left alone until a look finds it answering', async () => {
    const { tried, pass, answer, counts } = guard();
    expect(await tried(works)).toBe('answer');
    expect(await tried(silent)).toBe('cluster/unreachable');
    for (let i = 0; i < 20; i++) expect(await tried(works)).toBe('cluster/unreachable');
    expect(counts()).toEqual({ looks: 0, asked: 2 });
    pass(lookedAgainMs);
    for (let i = 0; i < 20; i++) expect(await tried(works)).toBe('cluster/unreachable');
    expect(counts()).toEqual({ looks: 1, asked: 2 });
    answer();
    pass(lookedAgainMs);
    // whoever has it looked at is told at once, and does not wait for what comes of it
    expect(await tried(works)).toBe('cluster/unreachable');
    await new Promise(resolve => setImmediate(resolve));
    expect(await tried(works)).toBe('answer');
    expect(counts()).toEqual({ looks: 2, asked: 3 });
  });

  it('is none that refuses something', async () => {
    const { tried } = guard();
    const refuse = () => Promise.reject(new TandemError('cluster/refused', 'no'));
    expect(await tried(refuse)).toBe('cluster/refused');
    expect(await tried(works)).toBe('answer');
  });
});
