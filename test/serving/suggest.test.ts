import { afterAll, describe, expect, it } from 'vitest';
import { createApp } from '../../serving/app.js';
import type { App, AppParts } from '../../serving/parts.js';
import type { CompletionRequest } from '../../src/search/completion.js';
import { calm, memoryBackend, memoryParts } from './memory-backend.js';

const opened: App[] = [];
const open = async (parts: Partial<AppParts>): Promise<App> => {
  const app = await createApp(memoryParts(parts), { admission: calm });
  opened.push(app);
  return app;
};
afterAll(() => Promise.all(opened.map(app => app.close())));

describe('GET /suggest', () => {
  it('answers with completions, ten where no number is named', async () => {
    const asked: CompletionRequest[] = [];
    const completions = [
      { text: 'garden hose', kind: 'word' as const },
      { text: 'Garden House', kind: 'title' as const, id: 'a' },
    ];
    const complete = async (request: CompletionRequest) => {
      asked.push(request);
      return completions;
    };
    const app = await open({ backend: { ...memoryBackend(), complete } });
    const reply = await app.inject('/suggest?text=garden%20ho');
    expect([reply.statusCode, reply.json()]).toEqual([200, { completions }]);
    await app.inject('/suggest?text=g&k=3&language=de-CH');
    expect(asked).toEqual([
      { text: 'garden ho', k: 10 },
      { text: 'g', k: 3, language: 'de-CH' },
    ]);
  });

  it.each([
    '/suggest',
    '/suggest?text=',
    '/suggest?text=a&k=0',
    '/suggest?text=a&k=51',
    '/suggest?text=a&k=x',
    '/suggest?text=a&b=1',
  ])('refuses %s', async url => {
    const reply = await (await open({})).inject(url);
    expect([reply.statusCode, reply.json().code]).toEqual([400, 'request/invalid']);
  });
});
