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

/** Headers by which proxies tell on whose behalf they ask. */
const proxyHeaders =
  /^(?:forwarded|via|x-forwarded(?:-.+)?|x-real-ip|x-client-ip|true-client-ip|cf-connecting-ip|x-envoy-.+)$/;

/**
 * Whether a request was handed on by a proxy, so that its connection tells nothing of who asks. Proxies that are told nothing else (nginx's plain
 * `proxy_pass`) send none of the headers but speak HTTP/1.0, which clients have not done for long.
 */
export const isHandedOn = ({ headers, raw }: Pick<FastifyRequest, 'headers' | 'raw'>): boolean =>
  raw.httpVersion === '1.0' || Object.keys(headers).some(name => proxyHeaders.test(name));

/**
 * Writing needs no key but comes from this machine, and straight. A page of another origin that a browser here has open comes from this machine too:
 * its requests name that origin, or, when its name was made to lead here, a host that is none of ours.
 */
export const loopbackAccess: WriteAccess = request => {
  const { host = '', origin } = request.headers;
  if (isHandedOn(request))
    throw new TandemError('request/forbidden', 'this came through a proxy, and writing through one needs a key');
  const foreign = origin !== undefined && origin !== `http://${host}`;
  // of the connection: what a header says is believed by nobody here
  const isHere = loopback.test(request.socket.remoteAddress ?? '');
  if (isHere && loopbackName.test(host) && !foreign) return;
  throw new TandemError('request/forbidden', 'without keys, only this machine may write');
};
