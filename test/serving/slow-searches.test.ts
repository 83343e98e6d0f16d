import { afterAll, expect, it } from 'vitest';
import { keyAccess } from '../../serving/access.js';
import { makeKeys } from './keys.js';
import { closeApps, expectError, open } from './open-app.js';

afterAll(closeApps);

const search = (text: string) => ({ method: 'POST', url: '/search', payload: { text } }) as const;

it('tells the last searches that took long, and what was asked where that may stand in the log', async () => {
  const told = async (logText: boolean) => {
    const app = await open({}, { slowQueryMs: 0, logText });
    for (let i = 0; i < 101; i++) await app.inject(search(`garden ${i}`));
    return (await app.inject('/slow-searches')).json();
  };
  const open_ = await told(true);
  expect(open_).toMatchObject({ fromMs: 0, searches: { length: 100 } });
  expect(open_.searches[0]).toMatchObject({
    ms: 0.5,
    took: { token: 0.25 },
    mode: 'hybrid',
    asked: { text: 'garden 100' },
  });
  expect(JSON.stringify(await told(false))).not.toContain('garden');
});

it('is for keys of the scope admin, and says where none are noted', async () => {
  const keys = makeKeys({ reader: 'write', operator: 'admin' });
  const app = await open({ access: keyAccess(keys.ring) });
  expectError(await app.inject({ url: '/slow-searches', headers: keys.bearer('reader') }), 403, 'request/forbidden');
  expect((await app.inject({ url: '/slow-searches', headers: keys.bearer('operator') })).json()).toEqual({
    searches: [],
  });
});
