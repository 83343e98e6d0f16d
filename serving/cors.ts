import type { App } from './parts.js';

/** What pages of other origins may send and see, beside what every page may. */
const methods = 'GET, HEAD, POST, PUT, PATCH, DELETE';
const headers = 'authorization, content-type';
const shown = 'retry-after, x-request-id';
/** Seconds for which a browser need not ask again. */
const preflightSeconds = 600;

/**
 * Lets pages of some origins read answers (CORS). What they may ask is for keys to say: nothing of this lets anybody in.
 * @param origins  such as https://shop.example.org, or `*` for all
 */
export function allowOrigins(app: App, origins: readonly string[]): void {
  const all = origins.includes('*');
  app.addHook('onRequest', async (request, reply) => {
    if (!all) reply.header('vary', 'origin');
    const { origin, 'access-control-request-method': asksFirst } = request.headers;
    if (origin === undefined || !(all || origins.includes(origin))) return;
    reply.header('access-control-allow-origin', all ? '*' : origin);
    reply.header('access-control-expose-headers', shown);
    if (request.method !== 'OPTIONS' || asksFirst === undefined) return;
    reply.header('access-control-allow-methods', methods);
    reply.header('access-control-allow-headers', headers);
    reply.header('access-control-max-age', preflightSeconds);
    return reply.code(204).send();
  });
}
