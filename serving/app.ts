import rateLimit from '@fastify/rate-limit';
import swagger from '@fastify/swagger';
import swaggerPage from '@fastify/swagger-ui';
import fastify, { type FastifyReply, type FastifyRequest } from 'fastify';
import {
  jsonSchemaTransform,
  jsonSchemaTransformObject,
  validatorCompiler,
  type ZodTypeProvider,
} from 'fastify-type-provider-zod';
import { TandemError } from '../src/errors/tandem-error.js';
import { type Access, loopbackAccess } from './access.js';
import { AddressCounts } from './address-counts.js';
import { type Admission, createAdmission } from './admission.js';
import { type Connections, watchConnections } from './connections.js';
import { mostConnections } from './descriptors.js';
import { answerBrokenConnection, sendError } from './errors.js';
import { exactJsonParser } from './exact-json.js';
import { createMeasures, type Measures } from './measures.js';
import type { App, AppOptions, AppParts } from './parts.js';
import { analyzeRoute } from './routes/analyze.js';
import { dictionaryRoutes } from './routes/dictionary.js';
import { documentsRoute } from './routes/documents.js';
import { embedRoute } from './routes/embed.js';
import { embeddingsRoutes } from './routes/embeddings.js';
import { explainRoute } from './routes/explain.js';
import { generationRoutes } from './routes/generations.js';
import { healthRoutes } from './routes/health.js';
import { metricsRoute } from './routes/metrics.js';
import { multiSearchRoute } from './routes/multi-search.js';
import { pageRoutes } from './routes/page.js';
import { ruleRoutes } from './routes/rules.js';
import { searchRoute } from './routes/search.js';
import { suggestRoute } from './routes/suggest.js';
import { synonymRoutes } from './routes/synonyms.js';
import { writeDocumentsRoutes } from './routes/write-documents.js';

const defaultBodyLimit = 2 ** 20;

/** Within which the headers of a request must have come. */
const headersTimeoutMs = 15_000;
const sweepEveryMs = 500;

/** Routes that answer even when the others are turned away: probes must see a busy process as alive. */
const alwaysAnswered = new Set(['/health/live', '/metrics']);

/**
 * Builds the HTTP app; it listens nowhere yet.
 * @returns a Fastify app; `inject` serves tests, serving/server.ts the network
 */
export async function createApp(parts: AppParts, options: AppOptions = {}): Promise<App> {
  const app = bareApp(options);
  const measures = options.measures ?? createMeasures();
  guard(app);
  watch(app, watchConnections(app.server, { most: options.maxConnections ?? (await mostConnections()) }));
  admit(app, options.admission ?? createAdmission({ maxWaitMs: options.maxWaitMs }));
  measure(app, measures);
  if (options.rateLimit !== undefined) await limitRate(app, options.rateLimit, options.counts ?? AddressCounts);
  checkAccess(app, parts.access ?? loopbackAccess());
  await describe(app);
  searchRoute(app, parts, measures);
  multiSearchRoute(app, parts, measures);
  suggestRoute(app, parts);
  explainRoute(app, parts);
  embedRoute(app, parts);
  embeddingsRoutes(app, parts);
  documentsRoute(app, parts);
  await writeDocumentsRoutes(app, parts, options.bodyLimit ?? defaultBodyLimit);
  analyzeRoute(app, parts);
  dictionaryRoutes(app, parts);
  synonymRoutes(app, parts);
  ruleRoutes(app, parts);
  generationRoutes(app, parts);
  healthRoutes(app, parts);
  metricsRoute(app, parts, measures);
  await pageRoutes(app, parts);
  await app.ready();
  return app;
}

function bareApp(options: AppOptions): App {
  const app = fastify({
    ...(options.logger === undefined ? { logger: false } : { loggerInstance: options.logger }),
    bodyLimit: options.bodyLimit ?? defaultBodyLimit,
    trustProxy: options.trustProxy === undefined ? false : [...options.trustProxy],
    // ids come from the client only in this form, so that a log line cannot be forged
    genReqId: () => crypto.randomUUID(),
    // what clients may take is for connections.ts to say, which knows what of the time is the service's own
    requestTimeout: 0,
    connectionTimeout: 0,
    http: { headersTimeout: headersTimeoutMs, connectionsCheckingInterval: headersTimeoutMs / 3 },
    forceCloseConnections: 'idle',
    // the guard answers while closing, in the one error shape
    return503OnClosing: false,
    clientErrorHandler: answerBrokenConnection,
    frameworkErrors: (error, request, reply) => sendError(error, request as FastifyRequest, reply as FastifyReply),
    // an id has up to 512 characters, each up to nine when percent-encoded
    routerOptions: { maxParamLength: 4608 },
  }).withTypeProvider<ZodTypeProvider>();
  app.setValidatorCompiler(validatorCompiler);
  // the reply schemas describe; TypeScript has checked the values, so they are not checked again on every request
  app.setSerializerCompiler(() => data => JSON.stringify(data));
  app.addContentTypeParser<string>('application/json', { parseAs: 'string' }, exactJsonParser(app));
  app.setErrorHandler(sendError);
  app.setNotFoundHandler((request, reply) => {
    sendError(
      new TandemError('request/not-found', `${request.method} ${request.url.slice(0, 200)}: no such route`),
      request,
      reply,
    );
  });
  return app;
}

function guard(app: App): void {
  let closing = false;
  app.addHook('preClose', async () => {
    closing = true;
  });
  app.addHook('onSend', async (_request, reply) => {
    // a connection kept alive would hold the closing service open until it times out
    if (closing) reply.header('connection', 'close');
  });
  app.addHook('onRequest', async (request, reply) => {
    reply.header('x-request-id', request.id);
    reply.header('x-content-type-options', 'nosniff');
    reply.header('referrer-policy', 'no-referrer');
    if (alwaysAnswered.has(request.routeOptions.url ?? '')) return;
    if (closing) throw new TandemError('server/overloaded', 'the service is closing');
  });
}

function watch(app: App, connections: Connections): void {
  let timer: NodeJS.Timeout | undefined;
  app.addHook('onListen', async () => {
    timer = setInterval(connections.sweep, sweepEveryMs).unref();
  });
  app.addHook('preClose', async () => connections.close());
  app.addHook('onClose', async () => clearInterval(timer));
  app.addHook('onRequest', async request => {
    if (request.routeOptions.config.streams) connections.streams(request.raw);
  });
}

/** Turns requests away before anything is done for them. Counted is the time from when a body is here, which is up to the client, to the answer. */
function admit(app: App, admission: Admission): void {
  const kindOf = ({ method, routeOptions: { url = '' } }: FastifyRequest): string => `${method} ${url}`;
  const ends = new WeakMap<FastifyRequest, () => void>();
  app.addHook('onRequest', async request => {
    if (alwaysAnswered.has(request.routeOptions.url ?? '') || admission.admits(kindOf(request))) return;
    throw new TandemError('server/overloaded', 'more requests than can be answered in time');
  });
  app.addHook('preValidation', async request => {
    // lines come as fast as they are indexed, and what of them is in work is bounded by itself
    const { url = '', config } = request.routeOptions;
    if (config.streams || config.isFile || alwaysAnswered.has(url)) return;
    ends.set(request, admission.begin(kindOf(request)));
    await admission.turn();
    if (request.raw.socket.destroyed)
      throw new TandemError('server/overloaded', 'nobody waits for the answer any more');
  });
  app.server.on('connection', admission.accepted);
  app.addHook('onSend', async request => ends.get(request)?.());
}

function checkAccess(app: App, access: Access): void {
  app.addHook('onRequest', async request => access(request, request.routeOptions.config.need ?? 'read'));
}

function measure(app: App, measures: Measures): void {
  app.addHook('onResponse', async (request, reply) => {
    const route = request.routeOptions.url ?? 'none';
    measures.request(route, request.method, reply.statusCode, reply.elapsedTime / 1000);
  });
}

/** Counts what makes work: a page shows dozens of pictures, and probes come for as long as the service runs. */
async function limitRate(app: App, perMinute: number, store: NonNullable<AppOptions['counts']>): Promise<void> {
  await app.register(rateLimit, {
    global: false,
    store,
    max: perMinute,
    timeWindow: 60_000,
    allowList: ({ routeOptions: { url = '', config } }) =>
      alwaysAnswered.has(url) || config.need === 'nothing' || config.isFile === true,
    errorResponseBuilder: (_request, { max, ttl }) =>
      new TandemError('request/rate-limited', `more than ${max} requests a minute from one address`, {
        retryAfterMs: Math.ceil(ttl),
      }),
  });
  app.addHook('onRequest', app.rateLimit());
}

async function describe(app: App): Promise<void> {
  await app.register(swagger, {
    openapi: {
      info: { title: 'Tandem', description: 'Dual-tower semantic search and full text, fused.', version: '1' },
      components: { securitySchemes: { key: { type: 'http', scheme: 'bearer' } } },
      // a service without keys takes requests without one
      security: [{ key: [] }, {}],
    },
    transform: jsonSchemaTransform,
    transformObject: jsonSchemaTransformObject,
  });
  await app.register(swaggerPage, {
    routePrefix: '/docs',
    staticCSP: true,
    // over plain HTTP, under any name but those of loopback, a browser would ask for its scripts over HTTPS, where nobody listens
    transformStaticCSP: policy => policy.replace(/\s*upgrade-insecure-requests;?/, ''),
  });
}
