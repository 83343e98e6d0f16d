import { describe, expect, it } from 'vitest';
import { createApp } from '../../serving/app.js';
import { memoryBackend, memoryParts } from './memory-backend.js';

describe('POST /analyze', () => {
  it.each([
    ['a text as long as a query', 'a '.repeat(2048), 200],
    ['a longer one', 'a'.repeat(4097), 400],
    // one character of it is eighteen in normal form
    ['one that grows in normal form', '\ufdfa'.repeat(900), 200],
    ['one that grows too much', '\ufdfa'.repeat(1000), 400],
  ])('takes %s, or says why not', async (_name, text, status) => {
    const app = await createApp(memoryParts());
    const reply = await app.inject({ method: 'POST', url: '/analyze', payload: { text } });
    expect(reply.statusCode).toBe(status);
    if (status === 400) expect(reply.json()).toMatchObject({ code: 'request/invalid' });
    await app.close();
  });

  it('writes no answer that is much larger than what it was asked', async () => {
    // a token of five characters counts 75 bytes: 55,000 of them are 4,125,000, and 60,000 are more than 4 MiB
    for (const [tokens, status] of [
      [55_000, 200],
      [60_000, 413],
    ]) {
      const token = { term: 'hoses', position: 0, start: 0, end: 5 };
      const steps = [
        { name: 'split', tokens: [] },
        { name: 'parts', tokens: [{ ...token, parts: Array.from({ length: tokens - 1 }, () => token) }] },
      ];
      const backend = { ...memoryBackend(), analyze: async () => ({ language: 'en', steps }) };
      const app = await createApp(memoryParts({ backend }));
      const reply = await app.inject({ method: 'POST', url: '/analyze', payload: { text: 'a' } });
      expect(reply.statusCode).toBe(status);
      await app.close();
    }
  });
});
