import type { IncomingMessage } from 'node:http';
import type { FastifyRequest } from 'fastify';

const names = new WeakMap<IncomingMessage, readonly string[]>();

/** Says which collection a request is about. @param asked  its name, and the alias that it was asked by */
export const noteCollection = (request: IncomingMessage, asked: readonly string[]): void =>
  void names.set(request, asked);

/** The names of the collection that a request is about; none where it is about none, or where the service has one index alone. */
export const collectionNames = (request: IncomingMessage): readonly string[] => names.get(request) ?? [];

const handedOn = new WeakSet<FastifyRequest>();

/** Says that the app of a collection answers a request, and counts and tells it. */
export const noteHandedOn = (request: FastifyRequest): void => void handedOn.add(request);
export const isHandedOn = (request: FastifyRequest): boolean => handedOn.has(request);
