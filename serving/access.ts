import type { FastifyRequest } from 'fastify';
import { TandemError } from '../src/errors/tandem-error.js';
import { type ApiKey, findKey, type KeyScope } from './api-keys.js';

/** What a route asks of whoever calls it: `nothing` of probes, else a scope. */
export type Need = 'nothing' | KeyScope;

/** Refuses a request that may not do what its route does, by throwing; it is asked before the body is read. */
export type Access = (request: FastifyRequest, need: Need) => void;

declare module 'fastify' {
  interface FastifyContextConfig {
    /** `read` when absent */
    need?: Need;
    /** whether it hands out a file as it lies there */
    isFile?: true;
    /** whether the body is worked off while it comes */
    streams?: true;
  }
}

const loopback = /^(?:::1|(?:::ffff:)?127\.\d+\.\d+\.\d+)$/;
const loopbackName = /^(?:localhost|127\.\d+\.\d+\.\d+|\[::1\])$/;

/** Each scope includes those before it. */
const scopes: readonly KeyScope[] = ['search', 'read', 'write', 'admin'];

/** Whether something is changed, by whoever may. */
const changes = (need: Need): boolean => need === 'write' || need === 'admin';

/** Whatever is asked needs a key. */
export const keyAccess =
  (keys: readonly ApiKey[]): Access =>
  ({ headers }, need) => {
    if (need === 'nothing') return;
    const key = findKey(keys, headers.authorization, need);
    if (key === undefined) throw new TandemError('request/unauthorised', 'this service is asked with a key');
    if (scopes.indexOf(key.scope) < scopes.indexOf(need))
      throw new TandemError('request/forbidden', `the key "${key.name}" has scope ${key.scope}, this needs ${need}`);
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

/** The name that was asked for, without its port. */
const hostName = ({ headers: { host = '' } }: FastifyRequest): string => host.replace(/:\d+$/, '').toLowerCase();

/**
 * Reading needs no key, under the names given or, where none are, under any.
 * @param names  host names in lower case
 */
export const openAccess =
  (names: readonly string[] = []): Access =>
  (request, need) => {
    if (need === 'nothing') return;
    if (changes(need)) throw new TandemError('request/forbidden', 'writing needs a key');
    if (names.length > 0 && !names.includes(hostName(request))) throw wrongHost();
  };

/**
 * Nothing needs a key, but only this machine writes, and straight; reading is done under its own names and those given. A page of another origin that a
 * browser here has open comes from this machine too: its requests name that origin, or, when its name was made to lead here, a host that is none of ours.
 * @param names  host names in lower case
 */
export const loopbackAccess =
  (names: readonly string[] = []): Access =>
  (request, need) => {
    if (need === 'nothing') return;
    const name = hostName(request);
    const isOurs = loopbackName.test(name);
    if (changes(need)) checkLocalWrite(request, isOurs);
    else if (!isOurs && !names.includes(name)) throw wrongHost();
  };

const wrongHost = (): TandemError =>
  new TandemError('request/forbidden', 'Host names no name of this service; --allow-host adds one');

function checkLocalWrite(request: FastifyRequest, isOurs: boolean): void {
  const { host = '', origin } = request.headers;
  if (isHandedOn(request))
    throw new TandemError('request/forbidden', 'this came through a proxy, and writing through one needs a key');
  const foreign = origin !== undefined && origin !== `http://${host}`;
  // of the connection: what a header says is believed by nobody here
  const isHere = loopback.test(request.socket.remoteAddress ?? '');
  if (isHere && isOurs && !foreign) return;
  throw new TandemError('request/forbidden', 'without keys, only this machine may write');
}
