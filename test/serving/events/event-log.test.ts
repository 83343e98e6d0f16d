import { appendFile, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openEventLog } from '../../../serving/events/event-log.js';
import { askedBy, queryIdOf } from '../../../serving/events/query-id.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tandem-events-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const files = async (): Promise<string[]> => (await readdir(folder)).filter(name => name.endsWith('.jsonl')).sort();
const lines = async (): Promise<unknown[]> => {
  const texts = await Promise.all((await files()).map(name => readFile(join(folder, name), 'utf8')));
  return texts
    .join('')
    .split('\n')
    .filter(line => line !== '')
    .map(line => JSON.parse(line));
};
const codeOf = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'done',
    (error: { code: string }) => error.code,
  );
const roomy = { diskBytes: 1_000_000 };

describe('the log of events', () => {
  it('has what was acknowledged, in its order, and begins a new file at each start', async () => {
    const log = await openEventLog(folder, roomy);
    await Promise.all([log.append([{ n: 1 }, { n: 2 }]), log.append([{ n: 3 }]), log.append([{ n: 4 }])]);
    expect(await lines()).toEqual([{ n: 1 }, { n: 2 }, { n: 3 }, { n: 4 }]);
    await log.close();
    const again = await openEventLog(folder, roomy);
    await again.append([{ n: 5 }]);
    await again.close();
    expect(await files()).toHaveLength(2);
    expect(await lines()).toEqual([1, 2, 3, 4, 5].map(n => ({ n })));
  });

  it('begins another file when one is full, and when somebody took it away', async () => {
    const log = await openEventLog(folder, { ...roomy, fileBytes: 10 });
    await log.append([{ text: 'long enough' }]);
    await log.append([{ n: 1 }]);
    expect(await files()).toHaveLength(2);
    await rename(join(folder, (await files())[1]), join(folder, 'taken'));
    await log.append([{ n: 2 }]);
    expect(await lines()).toEqual([{ text: 'long enough' }, { n: 2 }]);
    await log.close();
  });

  it('takes no more than it has room for, and goes on when files were taken away', async () => {
    const log = await openEventLog(folder, { diskBytes: 30 });
    await log.append([{ text: '12345678' }]);
    expect(await codeOf(log.append([{ text: '12345678' }]))).toBe('events/storage-full');
    expect(await lines()).toEqual([{ text: '12345678' }]);
    await rm(join(folder, (await files())[0]));
    await log.append([{ text: '12345678' }]);
    expect(await lines()).toHaveLength(1);
    await log.close();
  });

  it('cuts off what a power cut left half-written, and leaves what is not its own', async () => {
    const log = await openEventLog(folder, roomy);
    await log.append([{ n: 1 }]);
    await log.close();
    await appendFile(join(folder, (await files())[0]), '{"n":2,"hal');
    await writeFile(join(folder, 'events-0.jsonl'), '{"n":');
    await writeFile(join(folder, 'notes.jsonl'), 'half');
    const again = await openEventLog(folder, roomy);
    expect(await files()).toEqual([expect.stringMatching(/^events-2/), 'notes.jsonl']);
    expect(await readFile(join(folder, (await files())[0]), 'utf8')).toBe('{"n":1}\n');
    await again.close();
  });

  it('cuts off more than a line is long too, as a power cut leaves of many events at once', async () => {
    await writeFile(join(folder, 'events-0.jsonl'), `{"n":1}\n${'\0'.repeat(3 * 2 ** 20)}`);
    const log = await openEventLog(folder, roomy);
    expect(await lines()).toEqual([{ n: 1 }]);
    await log.close();
  });

  it('is written by one process alone', async () => {
    const log = await openEventLog(folder, roomy);
    expect(await codeOf(openEventLog(folder, roomy))).toBe('files/claimed');
    await log.close();
    await (await openEventLog(folder, roomy)).close();
  });
});

describe('a query id', () => {
  it('says what was asked for, and is another one each time', () => {
    const asked = { text: 'garden hose "Größe" 😀', country: 'DE' };
    expect(askedBy(queryIdOf(asked))).toEqual(asked);
    expect(queryIdOf(asked)).not.toBe(queryIdOf(asked));
    expect(askedBy(queryIdOf({ text: '' }))).toEqual({ text: '' });
    // the longest that there are may be sent
    for (const character of ['a', '\u0001', '語'])
      expect(queryIdOf({ text: character.repeat(4096), country: character.repeat(64) }).length).toBeLessThan(40_000);
  });

  it('is told from what is none', () => {
    for (const wrong of [
      '',
      'abc',
      '====',
      Buffer.from('["a"]').toString('base64url'),
      Buffer.from('{}').toString('base64url'),
    ])
      expect([wrong, askedBy(wrong)]).toEqual([wrong, undefined]);
  });
});
