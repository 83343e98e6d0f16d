import rateLimit from '@fastify/rate-limit';
import swagger from '@fastify/swagger';
import swaggerPage from '@fastify/swagger-ui';
import fastify, { type FastifyReply, type FastifyRequest, LogController, type RouteOptions } from 'fastify';
import {
  jsonSchemaTransform,
  jsonSchemaTransformObject,
  validatorCompiler,
  type ZodTypeProvider,
} from 'fastify-type-provider-zod';
import { TandemError } from '../src/errors/tandem-error.js';
import { type Access, loopbackAccess } from './access.js';
import { AddressCounts, countingBy } from './address-counts.js';
import { type Admission, createAdmission, type Ticket } from './admission.js';
import { type Connections, watchConnections } from './connections.js';
import { allowOrigins } from './cors.js';
import { mostConnections } from './descriptors.js';
import { answerBrokenConnection, sendError } from './errors.js';
import { exactJsonParser } from './exact-json.js';
import { createMeasures, type Measures } from './measures.js';
import type { App, AppOptions, AppParts, KeyCounts } from './parts.js';
import { analyzeRoute } from './routes/analyze.js';
import { dictionaryRoutes } from './routes/dictionary.js';
import { documentsRoute } from './routes/documents.js';
import { embedRoute } from './routes/embed.js';
import { embeddingsRoutes } from './routes/embeddings.js';
import { eventRoute } from './routes/events.js';
import { explainRoute } from './routes/explain.js';
import { generationRoutes } from './routes/generations.js';
import { healthRoutes, readiness } from './routes/health.js';
import { jobRoutes } from './routes/jobs.js';
import { metricsRoute } from './routes/metrics.js';
import { multiSearchRoute } from './routes/multi-search.js';
import { pageRoutes } from './routes/page.js';
import { reportRoutes } from './routes/reports.js';
import { ruleRoutes } from './routes/rules.js';
import { damageTeller, searchRoute } from './routes/search.js';
import { slowSearchesRoute } from './routes/slow-searches.js';
import { snapshotRoutes } from './routes/snapshots.js';
import { suggestRoute } from './routes/suggest.js';
import { synonymRoutes } from './routes/synonyms.js';
import { writeDocumentsRoutes } from './routes/write-documents.js';
import { createSlowLog, type SlowLog } from './slow-log.js';
import { createStateLog } from './state-log.js';
import { routeParts } from './view.js';
import { watchFigures } from './watched-figures.js';

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
  const { app, measures, slowLog, checkTenancy } = await beginApp(parts, options);
  const forRoutes = routeParts(parts);
  const telling = { measures, slowLog, tellDamage: damageTeller() };
  searchRoute(app, forRoutes, telling);
  multiSearchRoute(app, forRoutes, telling);
  suggestRoute(app, forRoutes);
  explainRoute(app, forRoutes);
  embedRoute(app, forRoutes);
  embeddingsRoutes(app, forRoutes);
  documentsRoute(app, forRoutes);
  await writeDocumentsRoutes(app, forRoutes, options.bodyLimit ?? defaultBodyLimit);
  analyzeRoute(app, forRoutes);
  dictionaryRoutes(app, forRoutes);
  synonymRoutes(app, forRoutes);
  ruleRoutes(app, forRoutes);
  generationRoutes(app, forRoutes);
  snapshotRoutes(app, forRoutes);
  slowSearchesRoute(app, slowLog);
  reportRoutes(app, options.reports);
  eventRoute(app, forRoutes);
  await jobRoutes(app, parts);
  healthRoutes(app, { ready: () => readiness(parts) });
  if (!options.metricsElsewhere) metricsRoute(app, { metrics: parts.metrics ?? (() => renderOne(parts, measures)) });
  await pageRoutes(app, forRoutes, options);
  await app.ready();
  checkTenancy();
  return app;
}

/** What an app is before it has routes of its own. */
export interface BegunApp {
  readonly app: App;
  readonly measures: Measures;
  readonly slowLog: SlowLog;
  /** bounds that apps may share which answer on one port */
  readonly shared: Required<Pick<AppOptions, 'connections' | 'admission' | 'keyCounts'>>;
  /** once the app has all of its routes */
  readonly checkTenancy: () => void;
}

/** Requests that another app answers, counts and tells. */
export interface Handing {
  /** first of all, before anything of a request is read */
  handOn(request: FastifyRequest, reply: FastifyReply): Promise<void>;
  hasHandedOn(request: FastifyRequest): boolean;
}

/**
 * An app with all that holds for every route: who may ask, how often, and what is refused, measured and logged.
 * @param handing  what other apps answer
 */
export async function beginApp(
  parts: Pick<AppParts, 'access' | 'figures'>,
  options: AppOptions,
  handing?: Handing,
): Promise<BegunApp> {
  const app = bareApp(options);
  const measures = options.measures ?? createMeasures();
  guard(app);
  if (handing !== undefined) app.addHook('onRequest', handing.handOn);
  if (options.allowOrigin !== undefined) allowOrigins(app, options.allowOrigin);
  const checkTenancy = watchTenancy(app);
  const connections =
    options.connections ?? watchConnections(app.server, { most: options.maxConnections ?? (await mostConnections()) });
  const admission = options.admission ?? createAdmission({ maxWaitMs: options.maxWaitMs });
  const slowLog = createSlowLog({ slowMs: options.slowQueryMs, logText: options.logText });
  if (options.connections === undefined) watch(app, connections);
  app.addHook('onRequest', async request => {
    if (request.routeOptions.config.streams) connections.streams(request.raw);
  });
  admit(app, admission);
  const isOurs = (request: FastifyRequest): boolean => handing?.hasHandedOn(request) !== true;
  measure(app, measures, isOurs);
  tellAnswers(app, options.logText === true, isOurs);
  watchFigures(measures, {
    queue: admission.figures,
    connections: connections.count,
    slowSearches: slowLog.count,
    index: parts.figures,
  });
  if (options.rateLimit !== undefined) await limitRate(app, options.rateLimit, options.counts ?? AddressCounts);
  checkAccess(app, parts.access ?? loopbackAccess());
  const keyCounts = options.keyCounts ?? countingBy(new AddressCounts());
  limitKeys(app, keyCounts);
  await describe(app, options.servedAt);
  return { app, measures, slowLog, checkTenancy, shared: { connections, admission, keyCounts } };
}

/** The figures of a service of one process. */
export async function renderOne(
  parts: Pick<AppParts, 'backend' | 'embedder'>,
  measures: Measures,
): ReturnType<Measures['render']> {
  measures.index(await readiness(parts).catch(() => undefined));
  return measures.render();
}

/** An app with the one error shape and without routes. */
export function bareApp(options: Pick<AppOptions, 'logger' | 'bodyLimit' | 'trustProxy'>): App {
  const app = fastify({
    ...(options.logger === undefined ? { logger: false } : { loggerInstance: options.logger }),
    // one line when it is answered says it all, see tellAnswers
    logController: new LogController({ disableRequestLogging: true }),
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
  app.decorate('stateLog', createStateLog());
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

/** @returns checks that every route says what it means to keys with a filter: one that does not is a fault of the program */
function watchTenancy(app: App): () => void {
  const routes: RouteOptions[] = [];
  app.addHook('onRoute', route => void routes.push(route));
  return () => {
    for (const { method, url, config } of routes)
      if (config?.tenancy === undefined)
        throw new TypeError(`${method} ${url}: config.tenancy is missing, see access.ts`);
  };
}

function watch(app: App, connections: Connections): void {
  let timer: NodeJS.Timeout | undefined;
  app.addHook('onListen', async () => {
    timer = setInterval(connections.sweep, sweepEveryMs).unref();
  });
  app.addHook('preClose', async () => connections.close());
  app.addHook('onClose', async () => clearInterval(timer));
}

/** Turns requests away before anything is done for them. Counted is the time from when a body is here, which is up to the client, to the answer. */
function admit(app: App, admission: Admission): void {
  const kindOf = ({ method, routeOptions: { url = '' } }: FastifyRequest): string => `${method} ${url}`;
  const tickets = new WeakMap<FastifyRequest, Ticket>();
  // made once: to refuse must cost little
  const refused = new TandemError('server/overloaded', 'more requests than can be answered in time');
  app.addHook('onRequest', async request => {
    if (alwaysAnswered.has(request.routeOptions.url ?? '') || admission.admits(kindOf(request))) return;
    throw refused;
  });
  app.addHook('preValidation', async request => {
    // lines come as fast as they are indexed, and what of them is in work is bounded by itself
    const { url = '', config } = request.routeOptions;
    if (config.streams || config.isFile || config.isElsewhere || alwaysAnswered.has(url)) return;
    const ticket = admission.begin(kindOf(request));
    tickets.set(request, ticket);
    if (!(await ticket.turn())) throw refused;
    if (request.raw.socket.destroyed)
      throw new TandemError('server/overloaded', 'nobody waits for the answer any more');
  });
  app.server.on('connection', admission.accepted);
  app.addHook('onSend', async request => tickets.get(request)?.end());
}

function checkAccess(app: App, access: Access): void {
  app.decorateRequest('apiKey', undefined);
  app.addHook('onRequest', async request => {
    request.apiKey = access(request, request.routeOptions.config?.need ?? 'read');
  });
}

const limitWindowMs = 60_000;

/** What makes work: a page shows dozens of pictures, and probes come for as long as the service runs. */
const isCounted = ({ routeOptions: { url = '', config } }: FastifyRequest): boolean =>
  !alwaysAnswered.has(url) && config?.need !== 'nothing' && config?.isFile !== true;

/** Holds each key to the requests a minute that it may make; several in one count as several. */
function limitKeys(app: App, count: KeyCounts): void {
  const counted = async (request: FastifyRequest, times: number): Promise<void> => {
    const { apiKey: key } = request;
    if (key?.rateLimit === undefined || times < 1 || !isCounted(request)) return;
    const { current, ttl } = await count(key.id, limitWindowMs, key.rateLimit, times);
    if (current <= key.rateLimit) return;
    throw new TandemError(
      'request/rate-limited',
      `more than ${key.rateLimit} requests a minute with the key "${key.name}"`,
      {
        retryAfterMs: Math.ceil(ttl),
      },
    );
  };
  app.addHook('onRequest', request => counted(request, 1));
  app.addHook('preHandler', request => {
    const { countsAs } = request.routeOptions.config;
    return counted(request, (countsAs?.(request.body as never) ?? 1) - 1);
  });
}

function measure(app: App, measures: Measures, isOurs: (request: FastifyRequest) => boolean): void {
  app.addHook('onResponse', async (request, reply) => {
    if (!isOurs(request)) return;
    const route = request.routeOptions.url ?? 'none';
    measures.request(route, request.method, reply.statusCode, reply.elapsedTime / 1000);
  });
}

/**
 * Logs each answer, at level info; that a busy service refuses many is told by stateLog.
 * @param logText  with what stands behind the `?` of its address, which people may have typed
 */
function tellAnswers(app: App, logText: boolean, isOurs: (request: FastifyRequest) => boolean): void {
  app.addHook('onResponse', async (request, { statusCode, elapsedTime }) => {
    if (!isOurs(request)) return;
    const { log, method, ip, apiKey, originalUrl } = request;
    const url = logText ? originalUrl : originalUrl.replace(/\?.*$/s, '');
    const ms = Math.round(elapsedTime * 1000) / 1000;
    log[statusCode === 503 ? 'debug' : 'info'](
      { method, url, ip, key: apiKey?.name, status: statusCode, ms },
      'answered',
    );
  });
}

/** Counts what makes work: a page shows dozens of pictures, and probes come for as long as the service runs. */
async function limitRate(app: App, perMinute: number, store: NonNullable<AppOptions['counts']>): Promise<void> {
  await app.register(rateLimit, {
    global: false,
    store,
    max: perMinute,
    timeWindow: limitWindowMs,
    allowList: request => !isCounted(request),
    errorResponseBuilder: (_request, { max, ttl }) =>
      new TandemError('request/rate-limited', `more than ${max} requests a minute from one address`, {
        retryAfterMs: Math.ceil(ttl),
      }),
  });
  app.addHook('onRequest', app.rateLimit());
}

/** @param servedAt  where its routes are, when not at / */
async function describe(app: App, servedAt?: string): Promise<void> {
  await app.register(swagger, {
    openapi: {
      info: { title: 'Tandem', description: 'Dual-tower semantic search and full text, fused.', version: '1' },
      components: { securitySchemes: { key: { type: 'http', scheme: 'bearer' } } },
      ...(servedAt !== undefined && { servers: [{ url: servedAt }] }),
      // a service without keys takes requests without one
      security: [{ key: [] }, {}],
    },
    transform: withRights,
    transformObject: jsonSchemaTransformObject,
  });
  await app.register(async scope => {
    scope.addHook('onRoute', route => {
      route.config = { ...route.config, tenancy: 'none' };
    });
    await scope.register(swaggerPage, {
      routePrefix: '/docs',
      staticCSP: true,
      // over plain HTTP, under any name but those of loopback, a browser would ask for its scripts over HTTPS, where nobody listens
      transformStaticCSP: policy => policy.replace(/\s*upgrade-insecure-requests;?/, ''),
    });
  });
}

/** Says with each route which key may ask it. */
const withRights: typeof jsonSchemaTransform = asked => {
  const { schema, url } = jsonSchemaTransform(asked);
  const { need = 'read', tenancy } = asked.route.config ?? {};
  return { schema: { ...schema, 'x-key-scope': need, 'x-key-filter': tenancy }, url };
};
