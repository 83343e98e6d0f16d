import pino from 'pino';
import { afterEach, expect, it } from 'vitest';
import { closeApps, open } from './open-app.js';

afterEach(closeApps);

const logged = (level: string) => {
  const lines: Record<string, unknown>[] = [];
  return { lines, logger: pino({ level }, { write: (line: string) => void lines.push(JSON.parse(line)) }) };
};

it('tells each answer in one line, and none above its level', async () => {
  const warnings: string[] = [];
  const onWarning = ({ message }: Error): void => void warnings.push(message);
  process.on('warning', onWarning);
  for (const level of ['info', 'warn']) {
    const { lines, logger } = logged(level);
    const app = await open({}, { logger });
    const found = await app.inject({ method: 'GET', url: '/documents/nowhere?x=1' });
    const live = await app.inject('/health/live');
    const expected = [
      { method: 'GET', url: '/documents/nowhere', status: 404, reqId: found.headers['x-request-id'] },
      { method: 'GET', url: '/health/live', status: 200, reqId: live.headers['x-request-id'] },
    ];
    expect(lines).toMatchObject(level === 'info' ? expected : []);
    expect(lines).toHaveLength(level === 'info' ? 2 : 0);
  }
  await new Promise(resolve => setImmediate(resolve));
  process.off('warning', onWarning);
  expect(warnings).toEqual([]);
});
