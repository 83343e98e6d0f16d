import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { answerBrokenConnection } from './errors.js';

export interface ConnectionLimits {
  /** connections at once */
  readonly most: number;
  /** milliseconds that a client may keep a request or an answer standing still */
  readonly standstillMs?: number;
  /** the same for a body that is worked off while it comes: whoever sends it may make it meanwhile */
  readonly streamStandstillMs?: number;
  /** a client that keeps the service waiting must move so many bytes a second */
  readonly bytesPerSecond?: number;
  /** bytes of answers that clients have not taken, of all connections together */
  readonly mostUnsent?: number;
  /** milliseconds after which a connection that waits for its client makes room for a new one */
  readonly evictAfterMs?: number;
  /** milliseconds that clients get while the service closes */
  readonly closingMs?: number;
  /** a clock that never goes back, milliseconds */
  readonly now?: () => number;
}

export interface Connections {
  /** Says that the body of a request is worked off while it comes. */
  streams(request: IncomingMessage): void;
  /** Looks at every connection and cuts those whose clients keep it standing. */
  sweep(): void;
  /** Ends what waits for clients: at once where no request was made, soon where one is on its way. */
  close(): void;
  count(): number;
}

interface Connection {
  readonly socket: Socket;
  readonly requests: Map<IncomingMessage, ServerResponse>;
  /** bytes in both directions, when it was looked at last */
  moved: number;
  /** bytes that the system has not taken yet */
  queued: number;
  /** since its first request that is not done: bytes, and milliseconds that it waited for its client */
  bytes: number;
  waitedMs: number;
  /** milliseconds without a byte while it waited for its client */
  standingMs: number;
}

const usual = {
  standstillMs: 20_000,
  streamStandstillMs: 120_000,
  bytesPerSecond: 4096,
  mostUnsent: 64 * 2 ** 20,
  evictAfterMs: 1_000,
  closingMs: 1_000,
  now: () => performance.now(),
};

/** Least time between two looks that are taken to make room: one costs as much as all connections. */
const lookAgainMs = 100;

/**
 * Watches the connections of a server. What a client may hold is bounded: its connection, while it says nothing or does not read. Time that the service
 * itself takes counts for nothing, be it ever so long.
 */
export function watchConnections(server: Server, limits: ConnectionLimits): Connections {
  const { most, standstillMs, streamStandstillMs, bytesPerSecond, mostUnsent, evictAfterMs, closingMs, now } = {
    ...usual,
    ...limits,
  };
  const connections = new Map<Socket, Connection>();
  const streaming = new WeakSet<IncomingMessage>();
  let lookedAt = now();
  let closing = false;

  server.on('connection', (socket: Socket) => {
    if (connections.size >= most && !makeRoom()) {
      socket.destroy();
      return;
    }
    const start = { moved: 0, queued: 0, bytes: 0, waitedMs: 0, standingMs: 0 };
    connections.set(socket, { socket, requests: new Map(), ...start });
    socket.once('close', () => connections.delete(socket));
  });
  server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    const connection = connections.get(request.socket);
    if (connection === undefined) return;
    if (connection.requests.size === 0) Object.assign(connection, { bytes: 0, waitedMs: 0, standingMs: 0 });
    connection.requests.set(request, response);
    // one that is answered before its body has come is looked at until it has
    response.once('close', () => {
      if (request.complete) connection.requests.delete(request);
    });
  });

  /** Milliseconds that a client has kept its connection waiting beyond what it has earned by moving bytes. */
  function debtMs({ requests, bytes, waitedMs, standingMs }: Connection): number {
    return requests.size === 0 ? standingMs : Math.max(standingMs, waitedMs - (bytes / bytesPerSecond) * 1000);
  }

  /** Ends the connection that has waited for its client longest. @returns whether there is room */
  function makeRoom(): boolean {
    if (now() - lookedAt >= lookAgainMs) sweep();
    if (connections.size < most) return true;
    const waiting = [...connections.values()].reduce((a, b) => (debtMs(b) > debtMs(a) ? b : a));
    if (debtMs(waiting) <= evictAfterMs) return false;
    end(waiting);
    return true;
  }

  function end({ socket }: Connection): void {
    connections.delete(socket);
    socket.destroy();
  }

  function cut(connection: Connection): void {
    const { socket, requests } = connection;
    if ([...requests.values()].some(({ headersSent }) => headersSent)) {
      end(connection);
      return;
    }
    connections.delete(socket);
    answerBrokenConnection(Object.assign(new Error('too slow'), { code: 'ERR_HTTP_REQUEST_TIMEOUT' }), socket);
    socket.destroySoon();
  }

  function look(connection: Connection, passedMs: number): void {
    const { socket, requests } = connection;
    for (const [request, response] of requests)
      if (response.closed && (request.complete || request.destroyed)) requests.delete(request);
    const queued = queuedBytes(socket);
    const moved = socket.bytesRead + socket.bytesWritten - socket.writableLength;
    // a large answer is one write, of which only the queue of the system tells how far it is
    const bytes = moved > connection.moved ? moved - connection.moved : Math.max(0, connection.queued - queued);
    Object.assign(connection, { moved, queued });
    connection.bytes += bytes;
    if (!waitsForClient(connection)) {
      connection.standingMs = 0;
      return;
    }
    connection.waitedMs += passedMs;
    connection.standingMs = bytes > 0 ? 0 : connection.standingMs + passedMs;
  }

  function isTooSlow(connection: Connection): boolean {
    const { requests, standingMs } = connection;
    // one without a request is for the time-outs of the headers and of connections that are kept alive
    if (requests.size === 0) return closing;
    if (closing && standingMs >= closingMs) return true;
    const streams = [...requests.keys()].some(request => streaming.has(request));
    const mostMs = streams ? streamStandstillMs : standstillMs;
    return (streams ? standingMs : debtMs(connection)) > mostMs;
  }

  function sweep(): void {
    const passedMs = now() - lookedAt;
    lookedAt = now();
    for (const connection of connections.values()) {
      look(connection, passedMs);
      if (isTooSlow(connection)) cut(connection);
    }
    keepWithin();
  }

  /** Ends those that have not read for longest, until what all have not read is within its bound. */
  function keepWithin(): void {
    const unread = [...connections.values()].filter(
      ({ standingMs, socket }) => standingMs > 0 && socket.writableLength > 0,
    );
    let bytes = 0;
    for (const connection of unread) bytes += unsentBytes(connection);
    if (bytes <= mostUnsent) return;
    for (const connection of unread.sort((a, b) => b.standingMs - a.standingMs)) {
      if (bytes <= mostUnsent) break;
      bytes -= unsentBytes(connection);
      end(connection);
    }
  }

  return {
    streams: request => void streaming.add(request),
    sweep,
    close: () => {
      closing = true;
      for (const connection of connections.values()) if (connection.requests.size === 0) end(connection);
    },
    count: () => connections.size,
  };
}

/** What is held for a client: its socket's, and that of answers which wait for those before them. */
function unsentBytes({ socket, requests }: Connection): number {
  let bytes = socket.writableLength;
  for (const response of requests.values()) bytes += Math.max(0, response.writableLength - socket.writableLength);
  return bytes;
}

/** Whether the next thing to happen is up to the client: it sends nothing though it should, or does not read. */
function waitsForClient({ socket, requests }: Connection): boolean {
  if (requests.size === 0 || socket.writableLength > 0) return true;
  return [...requests.keys()].some(request => !request.complete && request.readableLength === 0);
}

/** Bytes of writes that the system has not taken; Node keeps the number to itself, and 0 says only that it is not known. */
function queuedBytes(socket: Socket): number {
  const handle: unknown = Reflect.get(socket, '_handle');
  const queued: unknown = typeof handle === 'object' && handle !== null && Reflect.get(handle, 'writeQueueSize');
  return typeof queued === 'number' ? queued : 0;
}
