import type { FastifyBodyParser, FastifyInstance } from 'fastify';
import { quoteLargeIntegers } from '../src/text/exact-json.js';

/**
 * Reads JSON as files are read: whole numbers beyond 2^53 become text, none becomes its neighbour. Nothing is no body: clients name the type where they send none,
 * and a route that wants one says so.
 */
export function exactJsonParser(app: Pick<FastifyInstance, 'getDefaultJsonParser'>): FastifyBodyParser<string> {
  const parse = app.getDefaultJsonParser('error', 'error');
  return (request, body, done) =>
    body.length === 0 ? done(null, undefined) : parse(request, quoteLargeIntegers(body), done);
}
