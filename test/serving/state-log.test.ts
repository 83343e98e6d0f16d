import pino from 'pino';
import { afterEach, describe, expect, it } from 'vitest';
import { createStateLog } from '../../serving/state-log.js';
import { TandemError } from '../../src/errors/tandem-error.js';
import { memoryBackend } from './memory-backend.js';
import { closeApps, expectError, open } from './open-app.js';

afterEach(closeApps);

interface Line {
  readonly level: number;
  readonly msg: string;
  readonly code?: string;
  readonly refusedBefore?: number;
  readonly err?: unknown;
}

function logged() {
  const lines: Line[] = [];
  const logger = pino({ level: 'warn' }, { write: (line: string) => void lines.push(JSON.parse(line)) });
  return { lines, logger };
}

describe('what a state of the service brings about', () => {
  const search = { method: 'POST', url: '/search', payload: { text: 'hose' } } as const;
  const failing = async (error: Error) => {
    const { lines, logger } = logged();
    const fail = async (): Promise<never> => {
      throw error;
    };
    return { lines, app: await open({ backend: { ...memoryBackend(), search: fail } }, { logger }) };
  };

  it('is logged once, without a stack, however many requests it fails', async () => {
    const { lines, app } = await failing(new TandemError('server/process-ended', 'a process ended (SIGKILL)'));
    for (let i = 0; i < 20; i++) expectError(await app.inject(search), 503, 'server/process-ended');
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatchObject({ level: 40, code: 'server/process-ended', msg: 'a process ended (SIGKILL)' });
    expect(JSON.stringify(lines)).not.toContain('stack');
  });

  it('is no fault of a request, each of which is logged whole', async () => {
    const { lines, app } = await failing(new TypeError('a fault of ours'));
    for (let i = 0; i < 3; i++) expectError(await app.inject(search), 500, 'internal');
    expect(lines.map(({ level }) => level)).toEqual([50, 50, 50]);
    expect(JSON.stringify(lines[2])).toContain('stack');
  });

  it('is told again each minute while it lasts, with how many were refused, and by its code', () => {
    let time = 0;
    const { lines, logger } = logged();
    const tell = createStateLog(() => time);
    const busy = new TandemError('server/overloaded', 'too much');
    for (let second = 0; second < 120; second++) {
      time = second * 1_000;
      tell(logger, busy);
    }
    tell(logger, new TandemError('server/not-ready', 'not yet'));
    expect(lines.map(({ code, refusedBefore }) => [code, refusedBefore])).toEqual([
      ['server/overloaded', 0],
      ['server/overloaded', 59],
      ['server/not-ready', 0],
    ]);
  });
});
