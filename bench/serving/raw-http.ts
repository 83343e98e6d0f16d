import { connect } from 'node:net';

/** What is asked of a service over HTTP/1.1; bodies are JSON. */
export interface Asked {
  readonly method: string;
  readonly path: string;
  readonly body?: string;
}

export interface Answer {
  readonly status: number;
  /** whether it says when to come back */
  readonly retryAfter: boolean;
}

/** A connection that is asked one thing at a time. */
export interface Connection {
  ask(request: Buffer): void;
  end(): void;
}

export interface ConnectionEvents {
  readonly opened: () => void;
  readonly answered: (answer: Answer) => void;
  /** nothing more comes. @param error  why, where it was not ended from here */
  readonly closed: (error?: Error) => void;
}

const headEnd = Buffer.from('\r\n\r\n');

/** The bytes of a request. */
export function rawRequest({ method, path, body = '' }: Asked): Buffer {
  const head = [
    ...[`${method} ${path} HTTP/1.1`, 'host: 127.0.0.1'],
    ...(body === '' ? [] : ['content-type: application/json', `content-length: ${Buffer.byteLength(body)}`]),
  ];
  return Buffer.from(`${head.join('\r\n')}\r\n\r\n${body}`);
}

/** HTTP is written and read by hand, so that of the cores that both share little goes to the one that asks. */
export function openConnection(port: number, { opened, answered, closed }: ConnectionEvents): Connection {
  const socket = connect({ port, host: '127.0.0.1', noDelay: true });
  let received: Buffer = Buffer.alloc(0);
  let answer: (Answer & { readonly bytes: number }) | undefined;
  let failure: Error | undefined;
  socket.on('connect', opened);
  socket.on('error', error => {
    failure = error;
  });
  socket.on('close', () => closed(failure));
  socket.on('data', chunk => {
    received = received.length === 0 ? chunk : Buffer.concat([received, chunk]);
    answer ??= readHead(received);
    if (answer === undefined || received.length < answer.bytes) return;
    const { status, retryAfter, bytes } = answer;
    received = received.subarray(bytes);
    answer = undefined;
    answered({ status, retryAfter });
  });
  return { ask: request => void socket.write(request), end: () => void socket.end() };
}

/** @returns undefined as long as the head is not whole; `bytes` is the length of the answer with its head */
export function readHead(received: Buffer): (Answer & { readonly bytes: number }) | undefined {
  const end = received.indexOf(headEnd);
  if (end < 0) return undefined;
  const head = received.toString('latin1', 0, end);
  const length = /^content-length: (\d+)/im.exec(head);
  if (length === null) throw new Error(`no content-length in ${head}`);
  return {
    status: Number(head.slice(9, 12)),
    retryAfter: /^retry-after: \d+/im.test(head),
    bytes: end + headEnd.length + Number(length[1]),
  };
}
