import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { createServer } from '../../src/api/index.js';

// what needs a cluster is in test/cluster; none is here
it('keeps events and shows pictures of other origins beside an index of a cluster too', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'tandem-served-cluster-'));
  const events = join(folder, 'events');
  const cluster = { index: 'shop', backend: 'opensearch', url: ['http://127.0.0.1:1'] } as const;
  const server = await createServer({ ...cluster, port: 0, events, pictureOrigins: ['https://images.example.org'] });
  try {
    const event = { type: 'click', session: 'a', documentId: '1', time: '2026-01-02T03:04:05.000Z' };
    const reply = await fetch(new URL('events', server.url), {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ events: [event] }),
    });
    expect([reply.status, await reply.json()]).toEqual([200, { events: 1 }]);
    const [file] = (await readdir(events)).filter(name => name.endsWith('.jsonl'));
    expect(JSON.parse(await readFile(join(events, file), 'utf8'))).toEqual(event);
    const policy = (await fetch(server.url)).headers.get('content-security-policy');
    expect(policy).toContain('https://images.example.org');
  } finally {
    await server.close();
  }
  // the folder is given back, also where the service does not begin
  const model = join(folder, 'none');
  await expect(createServer({ ...cluster, port: 0, events, model })).rejects.toThrow(model);
  await (await createServer({ ...cluster, port: 0, events })).close();
  await rm(folder, { recursive: true });
});
