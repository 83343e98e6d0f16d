import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import { type Arrivals, arrive, ConnectionPool } from '../../../bench/serving/open-arrivals.js';
import { rawRequest, readHead } from '../../../bench/serving/raw-http.js';
import { slopeOf } from '../../../bench/soak.js';

const closing: (() => void)[] = [];
afterEach(() => {
  for (const close of closing.splice(0)) close();
});

/** Loads a server that answers so. */
async function load(listener: RequestListener, how: { rate?: number; connections: number }): Promise<Arrivals> {
  const server = createServer(listener).listen(0);
  await once(server, 'listening');
  closing.push(() => server.close().closeAllConnections());
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('no address');
  const pool = new ConnectionPool(address.port);
  const bytes = rawRequest({ method: 'GET', path: '/' });
  const told = await arrive(pool, { ...how, seconds: 0.5, lateMs: 60_000, next: () => ({ bytes }) });
  pool.end();
  return told;
}

describe('arrive', () => {
  it('asks as often as it was told, and counts what is taken apart from what is turned away', async () => {
    let asked = 0;
    const told = await load(
      (_request, answer) => {
        if (asked++ % 4 === 0) answer.writeHead(503, { 'retry-after': '1', 'content-length': 0 }).end();
        else answer.end('here');
      },
      { rate: 400, connections: 50 },
    );
    expect(told).toMatchObject({ offered: 200, accepted: 150, shed: 50, shedWithRetryAfter: 50, failed: {} });
    expect(told.connections).toBeLessThanOrEqual(50);
  });

  it('charges those that wait for a connection with their waiting', async () => {
    let asked = 0;
    const told = await load(
      (_request, answer) => {
        if (asked++ === 0) setTimeout(() => answer.end('here'), 600);
        else answer.end('here');
      },
      { rate: 100, connections: 1 },
    );
    // one connection that is answered after .6 s: the others were due meanwhile, the first of them 10 ms later
    expect(told).toMatchObject({ offered: 50, accepted: 50, connections: 1 });
    expect(told.unsent).toBeGreaterThanOrEqual(49);
    expect(told.maxMs).toBeGreaterThanOrEqual(580);
  });

  it('asks one thing after the other where no rate is given', async () => {
    let [now, most] = [0, 0];
    const told = await load(
      (_request, answer) => {
        most = Math.max(most, ++now);
        setTimeout(() => {
          now--;
          answer.end('here');
        }, 30);
      },
      { connections: 3 },
    );
    expect(most).toBe(3);
    expect(told.accepted).toBe(told.offered);
    expect(told.accepted).toBeGreaterThan(3);
  });

  it('tells connections that break, and other answers', async () => {
    let asked = 0;
    const told = await load(
      (request, answer) => {
        if (asked++ % 2 === 0) request.socket.destroy();
        else answer.writeHead(400, { 'content-length': 0 }).end();
      },
      { rate: 40, connections: 20 },
    );
    expect(told).toMatchObject({ offered: 20, accepted: 0, shed: 0, failed: { connection: 10, 400: 10 } });
  });
});

describe('readHead', () => {
  const answer = 'HTTP/1.1 503 Service Unavailable\r\ncontent-length: 5\r\nretry-after: 1\r\n\r\n';
  it('waits for the whole head', () => {
    expect(readHead(Buffer.from(answer.slice(0, -2)))).toBeUndefined();
    expect(readHead(Buffer.from(answer))).toEqual({ status: 503, retryAfter: true, bytes: answer.length + 5 });
  });
});

describe('slopeOf', () => {
  it('is the least squares one', () => {
    expect(slopeOf([1, 3, 5])).toBe(2);
    expect(slopeOf([0, 0, 3])).toBe(1.5); // (-1 * -1 + 1 * 2) / 2
    expect(slopeOf([7])).toBe(0);
  });
});
