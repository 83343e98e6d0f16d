import type { FastifyBodyParser, FastifyInstance } from 'fastify';
import { quoteLargeIntegers } from '../src/text/exact-json.js';

/** Reads JSON as files are read: whole numbers beyond 2^53 become text, none becomes its neighbour. */
export function exactJsonParser(app: Pick<FastifyInstance, 'getDefaultJsonParser'>): FastifyBodyParser<string> {
  const parse = app.getDefaultJsonParser('error', 'error');
  return (request, body, done) => parse(request, quoteLargeIntegers(body), done);
}
