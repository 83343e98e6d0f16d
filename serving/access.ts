import type { FastifyContextConfig, FastifyRequest } from 'fastify';
import { TandemError } from '../src/errors/tandem-error.js';
import { collectionNames } from './asked-collection.js';
import { type ApiKey, allows, type KeyScope } from './keys/api-key.js';
import { type KeyRing, shownKey } from './keys/key-ring.js';

/** What a route asks of whoever calls it: `nothing` of probes, else a scope. */
export type Need = 'nothing' | KeyScope;

/**
 * Refuses a request that may not do what its route does, by throwing; it is asked before the body is read.
 * @returns the key that it showed; undefined where none is asked for
 */
export type Access = (request: FastifyRequest, need: Need) => ApiKey | undefined;

/**
 * What a route means to a key with a filter. `own`: it asks for the index through `RouteParts.of`, so that it shows and changes the documents of the key alone.
 * `none`: its answer tells nothing of documents. `closed`: it concerns all documents, and is refused.
 */
export type Tenancy = 'own' | 'none' | 'closed';

declare module 'fastify' {
  interface FastifyRequest {
    /** that it showed; undefined where none is asked for */
    apiKey?: ApiKey;
  }
  interface FastifyContextConfig {
    /** `read` when absent */
    need?: Need;
    /** of every route that there is */
    tenancy?: Tenancy;
    /** whether it is about all collections, and shows a key those that it is for */
    listsCollections?: true;
    /** whether it hands out a file as it lies there */
    isFile?: true;
    /** whether another process does what it asks for, so that nobody waits behind it */
    isElsewhere?: true;
    /** requests that one of this route counts as, by its body, which was checked; 1 when absent */
    countsAs?: (body: never) => number;
    /** whether the body is worked off while it comes */
    streams?: true;
  }
}

const loopback = /^(?:::1|(?:::ffff:)?127\.\d+\.\d+\.\d+)$/;
const loopbackName = /^(?:localhost|127\.\d+\.\d+\.\d+|\[::1\])$/;

/** Whether something is changed, by whoever may. */
const changes = (need: Need): boolean => need === 'write' || need === 'events' || need === 'admin';

/** Whether what is asked is of one of the collections that a key is for. */
const isFor = (
  collections: readonly string[],
  request: FastifyRequest['raw'],
  { listsCollections }: FastifyContextConfig,
): boolean => listsCollections === true || collectionNames(request).some(name => collections.includes(name));

/** Whatever is asked needs a key. */
export const keyAccess =
  (keys: KeyRing): Access =>
  ({ headers, raw, routeOptions: { config }, is404 }, need) => {
    if (need === 'nothing') return undefined;
    const key = keys.find(shownKey(headers.authorization ?? '', changes(need)) ?? '');
    if (key === undefined) throw new TandemError('request/unauthorised', 'this service is asked with a key');
    const { name, scopes, collections } = key;
    if (collections !== undefined && !isFor(collections, raw, config))
      throw new TandemError(
        'request/forbidden',
        `the key "${name}" is for ${collections.join(', ')}, and this is something else`,
      );
    if (!allows(scopes, need))
      throw new TandemError(
        'request/forbidden',
        `the key "${name}" has scope ${scopes.join(', ')}, this needs ${need}`,
      );
    if (key.filter !== undefined && !is404 && (config.tenancy ?? 'closed') === 'closed')
      throw new TandemError(
        'request/forbidden',
        `the key "${name}" sees some documents, and this concerns all of them`,
      );
    return key;
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
export const namedAccess =
  (names: readonly string[] = []): Access =>
  (request, need) => {
    if (need === 'nothing') return undefined;
    if (changes(need)) throw new TandemError('request/forbidden', 'writing needs a key');
    if (names.length > 0 && !names.includes(hostName(request))) throw wrongHost();
    return undefined;
  };

/**
 * Nothing needs a key, but only this machine writes, and straight; reading is done under its own names and those given. A page of another origin that a
 * browser here has open comes from this machine too: its requests name that origin, or, when its name was made to lead here, a host that is none of ours.
 * @param names  host names in lower case
 */
export const loopbackAccess =
  (names: readonly string[] = []): Access =>
  (request, need) => {
    if (need === 'nothing') return undefined;
    const name = hostName(request);
    const isOurs = loopbackName.test(name);
    if (changes(need)) checkLocalWrite(request, isOurs);
    else if (!isOurs && !names.includes(name)) throw wrongHost();
    return undefined;
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
