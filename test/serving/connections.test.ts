import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { createApp } from '../../serving/app.js';
import { type ConnectionLimits, type Connections, watchConnections } from '../../serving/connections.js';
import { listen } from '../../serving/server.js';
import { calm, memoryParts } from './memory-backend.js';

const closing: (() => unknown)[] = [];
afterEach(() => {
  for (const close of closing.splice(0).reverse()) close();
});

interface Watched {
  readonly server: Server;
  readonly connections: Connections;
  /** lets time pass, looking at the connections every second of it */
  pass(seconds: number): Promise<void>;
  /** @returns a connection that the server knows of */
  client(): Promise<Client>;
}

interface Client {
  readonly socket: Socket;
  readonly answer: () => string;
  readonly closed: () => boolean;
}

/** A server whose clock stands until the test lets time pass. */
async function watched(limits: Partial<ConnectionLimits>, answer: RequestListener): Promise<Watched> {
  let time = 1_000;
  const server = createServer({ connectionsCheckingInterval: 1_000_000 }, answer);
  const connections = watchConnections(server, { most: 100, now: () => time, ...limits });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  closing.push(() => {
    server.close();
    server.closeAllConnections();
  });
  return {
    server,
    connections,
    pass: async seconds => {
      for (let i = 0; i < seconds; i++) {
        // what was sent arrives first
        await delay(2);
        time += 1_000;
        connections.sweep();
      }
      await delay(20);
    },
    client: () => newClient(server),
  };
}

async function newClient(server: Server): Promise<Client> {
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
  const accepted = once(server, 'connection');
  await once(socket, 'connect');
  await accepted;
  let [answer, closed] = ['', false];
  socket.on('data', chunk => {
    answer += chunk;
  });
  socket.on('error', () => undefined);
  socket.on('close', () => {
    closed = true;
  });
  closing.push(() => socket.destroy());
  return { socket, answer: () => answer, closed: () => closed };
}

const post = (length: number): string => `POST / HTTP/1.1\r\nhost: a\r\ncontent-length: ${length}\r\n\r\n`;
const readAll: RequestListener = (request, response) => {
  request.resume();
  request.on('end', () => response.end('done'));
};

describe('watchConnections', () => {
  it('cuts a body that stands still, and one that drips, and says why', async () => {
    const { pass, client } = await watched({ standstillMs: 20_000, bytesPerSecond: 100 }, readAll);
    const [standing, dripping, steady] = await Promise.all([client(), client(), client()]);
    for (const { socket } of [standing, dripping, steady]) socket.write(post(1_000_000));
    for (let second = 0; second < 30; second++) {
      dripping.socket.write('x');
      steady.socket.write('x'.repeat(200));
      await pass(1);
      if (second === 15)
        expect([standing, dripping, steady].map(({ closed }) => closed())).toEqual([false, false, false]);
    }
    expect([standing, dripping, steady].map(({ closed }) => closed())).toEqual([true, true, false]);
    expect(standing.answer()).toMatch(/^HTTP\/1\.1 408 /);
  });

  it('never cuts what waits for the service, however long', async () => {
    let answer = (): void => {};
    const slow: RequestListener = (request, response) => {
      // reads a first part, and is at work on it for hours while more is here
      request.once('readable', () => request.read(1));
      answer = () => {
        request.resume();
        response.end('done');
      };
    };
    const { pass, client } = await watched({ standstillMs: 20_000 }, slow);
    const one = await client();
    one.socket.write(`${post(500_000)}${'x'.repeat(400_000)}`);
    await pass(200);
    expect(one.closed()).toBe(false);
    one.socket.write('x'.repeat(100_000));
    answer();
    while (!one.answer().endsWith('done')) await delay(5);
    expect(one.answer()).toMatch(/^HTTP\/1\.1 200 /);
  });

  it('cuts who does not read, and who reads too slowly, but not who reads', async () => {
    const large = Buffer.alloc(32 * 2 ** 20, 'x');
    const { pass, client, connections } = await watched(
      { standstillMs: 10_000, bytesPerSecond: 2 ** 20 },
      (_, response) => {
        response.end(large);
      },
    );
    const [deaf, reading] = await Promise.all([client(), client()]);
    deaf.socket.pause();
    for (const { socket } of [deaf, reading]) socket.write('GET / HTTP/1.1\r\nhost: a\r\n\r\n');
    while (reading.answer().length < large.length) await delay(5);
    expect(connections.count()).toBe(2);
    await pass(5);
    expect(connections.count()).toBe(2);
    await pass(10);
    expect(connections.count()).toBe(1);
    expect(reading.closed()).toBe(false);
  });

  it('holds a bounded number of bytes for those who do not read', async () => {
    const answer = Buffer.alloc(16 * 2 ** 20, 'x');
    const { pass, client, connections, server } = await watched({ mostUnsent: 40 * 2 ** 20 }, (_, response) => {
      response.end(answer);
    });
    const sockets: Socket[] = [];
    server.on('connection', socket => sockets.push(socket));
    for (let i = 0; i < 10; i++) {
      const { socket } = await client();
      socket.pause();
      socket.write('GET / HTTP/1.1\r\nhost: a\r\n\r\n');
    }
    await pass(3);
    const held = sockets.reduce((sum, socket) => sum + (socket.destroyed ? 0 : socket.writableLength), 0);
    expect(held).toBeLessThanOrEqual(40 * 2 ** 20);
    expect(connections.count()).toBe(2);
  });

  it('ends the one that has said nothing for longest to make room, and turns away the newest where nobody waits', async () => {
    const { pass, client, connections } = await watched({ most: 3 }, () => undefined);
    const first = await client();
    await pass(2);
    const others = [await client(), await client()];
    await pass(2);
    const fourth = await client();
    await pass(0);
    expect([first, ...others, fourth].map(({ closed }) => closed())).toEqual([true, false, false, false]);
    for (const { socket } of [...others, fourth]) socket.write('GET / HTTP/1.1\r\nhost: a\r\n\r\n');
    await pass(60);
    const fifth = await client();
    await pass(0);
    expect([...others, fourth, fifth].map(({ closed }) => closed())).toEqual([false, false, false, true]);
    expect(connections.count()).toBe(3);
  });

  it('ends one that drips, to make room', async () => {
    const { pass, client } = await watched({ most: 2 }, readAll);
    const [dripping, steady] = [await client(), await client()];
    for (const { socket } of [dripping, steady]) socket.write(post(1_000_000));
    for (let second = 0; second < 5; second++) {
      dripping.socket.write('x');
      steady.socket.write('x'.repeat(10_000));
      await pass(1);
    }
    const third = await client();
    await pass(0);
    expect([dripping, steady, third].map(({ closed }) => closed())).toEqual([true, false, false]);
  });

  it('lets strangers hold as many connections as there may be, and no more', async () => {
    const { client, connections } = await watched({ most: 20 }, readAll);
    for (let i = 0; i < 60; i++) {
      const { socket } = await client();
      socket.write(post(100));
    }
    expect(connections.count()).toBeLessThanOrEqual(20);
  });
});

describe('the service', () => {
  it('closes and releases although a connection says nothing, and others have said half', async () => {
    const end = new AbortController();
    const app = await createApp(memoryParts(), { admission: calm });
    let released = false;
    const release = async (): Promise<void> => {
      released = true;
    };
    const { closed } = await listen(app, { host: '127.0.0.1', port: 0, signal: end.signal, release });
    const clients = [];
    for (const said of ['', 'GET / HT', 'POST /search HTTP/1.1\r\nhost: localhost\r\ncontent-length: 9\r\n\r\n{']) {
      const one = await newClient(app.server);
      one.socket.write(said);
      clients.push(one);
    }
    await delay(50);
    end.abort();
    await closed;
    expect(released).toBe(true);
  });

  it('has no time-out of its own that would cut what it works on', async () => {
    const app = await createApp(memoryParts(), { admission: calm });
    expect([app.server.timeout, app.server.requestTimeout]).toEqual([0, 0]);
    expect(app.server.headersTimeout).toBeGreaterThan(0);
    await app.close();
  });

  it('takes no more connections than it is told', async () => {
    const end = new AbortController();
    const app = await createApp(memoryParts(), { admission: calm, maxConnections: 2 });
    const { url, closed } = await listen(app, {
      host: '127.0.0.1',
      port: 0,
      signal: end.signal,
      release: async () => {},
    });
    const clients = [await newClient(app.server), await newClient(app.server), await newClient(app.server)];
    while (!clients[2].closed()) await delay(5);
    expect(clients.map(one => one.closed())).toEqual([false, false, true]);
    // a silent one makes room in a while
    for (let open = false; !open; await delay(100))
      open = await fetch(`${url}health/live`).then(
        reply => reply.ok,
        () => false,
      );
    end.abort();
    await closed;
  });
});
