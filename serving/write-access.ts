import type { FastifyRequest } from 'fastify';
import { TandemError } from '../src/errors/tandem-error.js';
import { type ApiKey, findKey } from './api-keys.js';

/** Refuses a request that may not write, by throwing; it is asked before the body is read. */
export type WriteAccess = (request: FastifyRequest) => void;

const loopback = /^(?:::1|(?:::ffff:)?127\.\d+\.\d+\.\d+)$/;
const loopbackName = /^(?:localhost|127\.\d+\.\d+\.\d+|\[::1\])(?::\d+)?$/i;

/** Writing needs a key of scope `write`. */
export const keyAccess =
  (keys: readonly ApiKey[]): WriteAccess =>
  ({ headers }) => {
    const key = findKey(keys, headers.authorization);
    if (key === undefined) throw new TandemError('request/unauthorised', 'writing needs a key');
    if (key.scope !== 'write')
      throw new TandemError('request/forbidden', `the key "${key.name}" is not of scope write`);
  };

/**
 * Writing needs no key but comes from this machine. A page of another origin that a browser here has open comes from this machine too:
 * its requests name that origin, or, when its name was made to lead here, a host that is none of ours.
 */
export const loopbackAccess: WriteAccess = ({ headers, ip }) => {
  const { host = '', origin } = headers;
  const foreign = origin !== undefined && origin !== `http://${host}`;
  if (loopback.test(ip) && loopbackName.test(host) && !foreign) return;
  throw new TandemError('request/forbidden', 'without keys, only this machine may write');
};
