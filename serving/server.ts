import type { AddressInfo } from 'node:net';
import { TandemError } from '../src/errors/tandem-error.js';
import type { App } from './parts.js';

export interface ListenOptions {
  readonly host: string;
  /** 0 = any free port */
  readonly port: number;
  /** ends the service: no new requests, those in flight are answered, then `release` */
  readonly signal: AbortSignal;
  /** closes what the app was put together from */
  readonly release: () => Promise<void>;
}

export interface Listening {
  readonly url: string;
  /** resolves when everything is closed */
  readonly closed: Promise<void>;
}

/**
 * Listens until the signal aborts.
 * @throws TandemError 'server/port-taken' | 'usage/bad-value'; the parts are released then too
 */
export async function listen(app: App, { host, port, signal, release }: ListenOptions): Promise<Listening> {
  const close = async (): Promise<void> => {
    await app.close();
    await release();
  };
  try {
    await app.listen({ host, port });
  } catch (error) {
    await close();
    throw asListenError(error as NodeJS.ErrnoException, host, port);
  }
  const bound = app.server.address() as AddressInfo;
  const closed = new Promise<void>((resolve, reject) => {
    const end = (): void => void close().then(resolve, reject);
    if (signal.aborted) end();
    else signal.addEventListener('abort', end, { once: true });
  });
  return { url: `http://${urlHost(host)}:${bound.port}/`, closed };
}

const urlHost = (host: string): string =>
  host === '0.0.0.0' || host === '::' ? 'localhost' : host.includes(':') ? `[${host}]` : host;

function asListenError(error: NodeJS.ErrnoException, host: string, port: number): TandemError {
  const details = { host, port };
  const cause = { cause: error };
  if (error.code === 'EADDRINUSE')
    return new TandemError('server/port-taken', `port ${port} is in use`, details, cause);
  if (error.code === 'EACCES') {
    return new TandemError('server/port-taken', `port ${port} may not be opened by this user`, details, cause);
  }
  if (error.code === 'ENOTFOUND' || error.code === 'EADDRNOTAVAIL') {
    return new TandemError('usage/bad-value', `--host ${host}: not an address of this machine`, details, cause);
  }
  return new TandemError('internal', error.message, details, cause);
}
