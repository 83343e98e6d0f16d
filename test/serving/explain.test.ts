import { afterAll, expect, it } from 'vitest';
import { createApp } from '../../serving/app.js';
import { calm, memoryParts } from './memory-backend.js';

const app = await createApp(memoryParts(), { admission: calm });
afterAll(() => app.close());
const ask = (payload: object) => app.inject({ method: 'POST', url: '/explain', payload });

it('explains the score of a document', async () => {
  const reply = await ask({ id: 'a', text: 'hose' });
  expect([reply.statusCode, reply.json()]).toEqual([200, { value: 1, description: 'title holds hose', details: [] }]);
});

it('says that there is no such document, and refuses what it does not know', async () => {
  expect((await ask({ id: 'nope', text: 'hose' })).json()).toMatchObject({ code: 'request/not-found' });
  expect((await ask({ text: 'hose' })).json()).toMatchObject({ code: 'request/invalid' });
  expect((await ask({ id: 'a', text: 'hose', k: 3 })).json()).toMatchObject({ code: 'request/invalid' });
});
