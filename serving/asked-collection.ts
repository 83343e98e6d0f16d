import type { IncomingMessage } from 'node:http';

const names = new WeakMap<IncomingMessage, readonly string[]>();

/** Says which collection a request is about. @param asked  its name, and the alias that it was asked by */
export const noteCollection = (request: IncomingMessage, asked: readonly string[]): void =>
  void names.set(request, asked);

/** The names of the collection that a request is about; none where it is about none, or where the service has one index alone. */
export const collectionNames = (request: IncomingMessage): readonly string[] => names.get(request) ?? [];
