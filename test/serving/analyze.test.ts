import { describe, expect, it } from 'vitest';
import { createApp } from '../../serving/app.js';
import { memoryParts } from './memory-backend.js';

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
});
