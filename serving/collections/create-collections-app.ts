import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { TandemError } from '../../src/errors/tandem-error.js';
import type { Access } from '../access.js';
import { type BegunApp, beginApp } from '../app.js';
import { noteCollection } from '../asked-collection.js';
import { collectionNameSchema } from '../keys/collection-name.js';
import type { Measures } from '../measures.js';
import type { App, AppOptions } from '../parts.js';
import { healthRoutes, type Readiness } from '../routes/health.js';
import { metricsRoute } from '../routes/metrics.js';
import { errorReplies } from '../schemas.js';

/** An index that a service has beside others. */
export interface Collection {
  readonly name: string;
  /** what answers its routes; absent while it cannot be searched */
  readonly app?: App;
  /** why it cannot be searched; absent while it is being opened */
  readonly fault?: TandemError;
  /** @throws TandemError 'server/not-ready' */
  ready(): Promise<Readiness>;
}

/** The collections of a service, as they are now. */
export interface Collections {
  list(): readonly Collection[];
  /** alias -> name of a collection, which may be gone */
  aliases(): ReadonlyMap<string, string>;
  /** @throws TandemError 'collection/unknown' | 'collection/name-taken' | 'files/*' */
  setAlias(alias: string, collection: string): Promise<void>;
  /** @returns whether there was one */
  dropAlias(alias: string): Promise<boolean>;
}

export interface CollectionsApp extends Pick<BegunApp, 'shared' | 'measures'> {
  readonly app: App;
}

const below = /^\/collections\/([^/?]+)(\/[^?]*)?(\?.*)?$/s;

const collectionReply = z.object({
  name: z.string(),
  aliases: z.array(z.string()),
  state: z
    .enum(['ready', 'opening', 'failed'])
    .describe('failed: it is not answered as it should be, and code says why'),
  documents: z.int().optional(),
  modelId: z.string().nullable().optional(),
  code: z.string().optional(),
  remedy: z.string().optional(),
});
type CollectionReply = z.infer<typeof collectionReply>;

const aliasParams = z.strictObject({ alias: collectionNameSchema });

/**
 * The app of a service of several indexes: what is asked of `/collections/NAME/...` is handed on to the app of that collection, which knows no other.
 * @param writes  whether aliases may be changed
 */
export async function createCollectionsApp(
  collections: Collections,
  options: AppOptions,
  { access, writes }: { readonly access: Access; readonly writes: boolean },
): Promise<CollectionsApp> {
  const find = (name: string): Collection | undefined => {
    const named = collections.aliases().get(name) ?? name;
    return collections.list().find(each => each.name === named);
  };
  const handedOn = new WeakSet<FastifyRequest>();
  const handOn = async (request: FastifyRequest, reply: FastifyReply): Promise<void> => {
    const { raw } = request;
    const [, written = '', path, query = ''] = below.exec(raw.url ?? '') ?? [];
    const name = decoded(written);
    if (name === '') return;
    const found = find(name);
    noteCollection(raw, [name, ...(found === undefined || found.name === name ? [] : [found.name])]);
    // whether it is there is for the routes below to say, to whom may know
    if (found?.app === undefined || path === undefined) return;
    reply.hijack();
    handedOn.add(request);
    // as it was asked is how it is told
    Object.assign(raw, { originalUrl: raw.url, url: `${path}${query}` });
    found.app.routing(raw, reply.raw);
  };
  const begun = await beginApp({ access }, options, {
    handOn,
    hasHandedOn: request => handedOn.has(request),
  });
  const { app, measures, shared, checkTenancy } = begun;
  app.addHook('preClose', async () => {
    await Promise.all(collections.list().map(each => each.app?.close()));
  });
  notHandedOn(app, find);
  listRoute(app, collections);
  aliasRoutes(app, collections, writes);
  healthRoutes(app, { ready: () => readyTogether(collections) });
  if (!options.metricsElsewhere) metricsRoute(app, { metrics: () => renderAll(collections, measures) });
  await app.ready();
  checkTenancy();
  return { app, shared, measures };
}

/** A part of an address as routes take it; one that they refuse stays as it is. */
function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

/** The service is ready when it has looked at its collections: one that cannot be opened takes the others away from nobody. */
export async function readyTogether(collections: Collections): Promise<Readiness> {
  const all = await Promise.allSettled(collections.list().map(each => each.ready()));
  const documents = all.reduce((sum, each) => sum + (each.status === 'fulfilled' ? each.value.documents : 0), 0);
  return { documents, modelId: null };
}

/** The figures of what all collections share. */
export async function renderAll(collections: Collections, measures: Measures): ReturnType<Measures['render']> {
  measures.index(await readyTogether(collections));
  return measures.render();
}

/** What is asked of a collection that is not there, or cannot be searched. */
function notHandedOn(app: App, find: (name: string) => Collection | undefined): void {
  const config = { need: 'search', tenancy: 'none' } as const;
  const refuse = async ({ params }: { params: { collection: string } }): Promise<never> => {
    const { collection: name } = params;
    const found = find(name);
    if (found === undefined)
      throw new TandemError('collection/unknown', `${name.slice(0, 100)}: no such collection`, { collection: name });
    const { fault } = found;
    const reason = fault === undefined ? 'it is being opened' : fault.code;
    throw new TandemError('collection/not-open', `${name}: ${reason}`, { collection: name, reason }, { cause: fault });
  };
  type Asked = { Params: { collection: string } };
  app.all<Asked>('/collections/:collection/*', { config, schema: { hide: true } }, refuse);
  // what the page loads lies beside it; whether there is one is said behind the /
  app.get<Asked>(
    '/collections/:collection',
    { config: { need: 'nothing', tenancy: 'none' }, schema: { hide: true } },
    async ({ params: { collection } }, reply) =>
      reply.redirect(collection === '' ? '/collections' : `/collections/${encodeURIComponent(collection)}/`, 308),
  );
}

function listRoute(app: App, collections: Collections): void {
  app.get('/', { config: { need: 'nothing', tenancy: 'none' }, schema: { hide: true } }, async (_request, reply) =>
    reply.redirect('/collections', 302),
  );
  app.get(
    '/collections',
    {
      config: { need: 'search', tenancy: 'closed', listsCollections: true },
      schema: {
        summary: 'The collections of the service, those that the key is for, and how each is',
        response: { 200: z.object({ collections: z.array(collectionReply) }), ...errorReplies },
      },
    },
    async (request, reply) => {
      const aliases = [...collections.aliases()];
      const all = collections.list().map(each => ({
        each,
        known: aliases.flatMap(([alias, name]) => (name === each.name ? [alias] : [])).sort(),
      }));
      const may = request.apiKey?.collections;
      const seen = all.filter(
        ({ each, known }) => may === undefined || [each.name, ...known].some(n => may.includes(n)),
      );
      return reply.send({ collections: await Promise.all(seen.map(({ each, known }) => stateOf(each, known))) });
    },
  );
}

async function stateOf({ name, app, fault, ready }: Collection, aliases: string[]): Promise<CollectionReply> {
  const known = { name, aliases };
  const failed = ({ code, remedy }: TandemError): CollectionReply => ({ ...known, state: 'failed', code, remedy });
  if (app === undefined) return fault === undefined ? { ...known, state: 'opening' } : failed(fault);
  try {
    return { ...known, state: 'ready', ...(await ready()) };
  } catch (error) {
    if (error instanceof TandemError) return failed(error);
    throw error;
  }
}

function aliasRoutes(app: App, collections: Collections, writes: boolean): void {
  const checkWrites = async (): Promise<void> => {
    if (!writes) throw new TandemError('index/read-only', 'this service does not write');
  };
  const config = { need: 'admin', tenancy: 'closed' } as const;
  app.put(
    '/aliases/:alias',
    {
      config,
      onRequest: checkWrites,
      schema: {
        summary: 'Have a name lead to a collection, from now on',
        params: aliasParams,
        body: z.strictObject({ collection: collectionNameSchema }),
        response: { 200: z.object({ alias: z.string(), collection: z.string() }), ...errorReplies },
      },
    },
    async ({ params: { alias }, body: { collection } }, reply) => {
      await collections.setAlias(alias, collection);
      return reply.send({ alias, collection });
    },
  );
  app.delete(
    '/aliases/:alias',
    {
      config,
      onRequest: checkWrites,
      schema: {
        summary: 'Take an alias away; its collection stays',
        params: aliasParams,
        response: { 200: z.object({ found: z.boolean() }), ...errorReplies },
      },
    },
    async ({ params: { alias } }, reply) => reply.send({ found: await collections.dropAlias(alias) }),
  );
}
