import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { openCluster } from '../../../../serving/backends/opensearch/cluster.js';

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

/** Answers as a node does, or takes requests and is silent. */
async function node() {
  let [silent, asked] = [false, 0];
  const server = createServer((request, answer) => {
    asked++;
    request.resume();
    if (!silent) answer.writeHead(200, { 'content-type': 'application/json' }).end('{"taken":true}');
  }).listen(0, '127.0.0.1');
  servers.push(server);
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked: () => asked,
    beSilent: (is: boolean) => {
      silent = is;
    },
  };
}

describe('a cluster of several nodes', () => {
  it('asks another node where one is silent, and asks that one again within seconds of its return', async () => {
    const [slow, well] = [await node(), await node()];
    const cluster = openCluster({ urls: [slow.url, well.url], timeoutMs: 100 });
    const search = () => cluster.ask('POST', '/_msearch', {});
    slow.beSilent(true);
    // as many at once as a server may have under way: each counts against the node
    const answers = await Promise.all(Array.from({ length: 40 }, search));
    expect(answers).toEqual(Array(40).fill({ taken: true }));
    slow.beSilent(false);
    const before = slow.asked();
    const from = performance.now();
    while (slow.asked() === before && performance.now() - from < 20_000) {
      await search();
      await sleep(50);
    }
    expect(slow.asked()).toBeGreaterThan(before);
    await cluster.close();
  }, 30_000);

  it('finds a cluster answering again, though the first node that it looks at is gone', async () => {
    const [gone, slow] = [await node(), await node()];
    const cluster = openCluster({ urls: [gone.url, slow.url], timeoutMs: 100 });
    const search = () => cluster.ask('POST', '/_msearch', {});
    const ended = servers.shift();
    ended?.closeAllConnections();
    ended?.close();
    slow.beSilent(true);
    await expect(search()).rejects.toMatchObject({ code: 'cluster/unreachable' });
    slow.beSilent(false);
    let looks = 0;
    for (let told = true; told && looks < 40; looks++) {
      await sleep(50);
      told = await search().then(
        () => false,
        () => true,
      );
    }
    // one look of half a second later is enough
    expect(looks).toBeLessThan(40);
    await cluster.close();
  });
});
