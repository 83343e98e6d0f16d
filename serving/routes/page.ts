import { realpath } from 'node:fs/promises';
import { isAbsolute, join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import files from '@fastify/static';
import type { FilteredReader } from '../../src/search/backend.js';
import type { IndexAttribute } from '../../src/search/index-attributes.js';
import { nonsenseFloor } from '../nonsense-floor.js';
import { settingsReply } from '../page-schemas.js';
import type { App, AppOptions } from '../parts.js';
import { errorReplies } from '../schemas.js';
import type { RouteParts } from '../view.js';

/**
 * The page loads from its own origin alone and runs nothing that is not a file of its own.
 * @param pictureOrigins  of others, which it shows pictures from
 */
const contentSecurityPolicy = (pictureOrigins: readonly string[]): string =>
  [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    // pictures that a key is needed for are read first, and shown from memory
    ["img-src 'self' blob:", ...pictureOrigins].join(' '),
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ');

/** What scripts/build-page.mjs makes of the sources in serving/page. */
const pageFolder = fileURLToPath(new URL('../page/built/', import.meta.url));

/** Attributes that are told at most; so many facets a search counts. */
const mostAttributes = 32;
/** Values of an attribute that are counted for who does not see all documents; of more it is not told how many there are. */
const mostValues = 1_000;

/** Attributes that documents have that somebody sees. */
async function seenAttributes(
  reader: FilteredReader,
  known: readonly IndexAttribute[],
  seesAll: boolean,
): Promise<readonly IndexAttribute[]> {
  const first = known.toSorted((a, b) => b.documents - a.documents).slice(0, mostAttributes);
  if (seesAll || first.length === 0) return first;
  const facets = first.map(({ name: field, kind }) => ({ field, size: kind === 'text' ? mostValues : 1 }));
  const counted = (await reader.search({ query: { all: {} }, mode: 'token', k: 1, facets })).facets ?? [];
  return first.flatMap(({ name, kind }, i) => {
    const { documents, values = [] } = counted[i];
    if (documents === 0) return [];
    return [{ name, kind, documents, ...(kind === 'text' && values.length < mostValues && { values: values.length }) }];
  });
}

/** Where a file really is, all links followed; undefined where that is not below the folder. */
async function findBelow(
  folder: string,
  below: string,
  path: string,
): Promise<{ root: string; path: string } | undefined> {
  try {
    const root = await realpath(join(await realpath(folder), below));
    const found = relative(root, await realpath(join(root, path)));
    const isBelow = found !== '' && found !== '..' && !found.startsWith(`..${sep}`) && !isAbsolute(found);
    return isBelow ? { root, path: found } : undefined;
  } catch {
    return undefined;
  }
}

/** `/`: the search page. `/operator`: that of whoever runs the service. `/page/settings`: what it offers. `/pictures/*`: the pictures of the documents. */
export async function pageRoutes(
  app: App,
  parts: RouteParts,
  { pictureOrigins = [] }: Pick<AppOptions, 'pictureOrigins'>,
): Promise<void> {
  const policy = contentSecurityPolicy(pictureOrigins);
  const floor = nonsenseFloor(parts.whole);
  await app.register(async scope => {
    scope.addHook('onRoute', route => {
      // it asks for a key itself, where one is needed
      route.config = { ...route.config, need: 'nothing', tenancy: 'none', isFile: true };
    });
    await scope.register(files, {
      root: pageFolder,
      decorateReply: false,
      // a route for each file, so that what is no file of the page is answered as any other address
      wildcard: false,
      cacheControl: false,
      setHeaders: response => {
        response.setHeader('content-security-policy', policy);
        response.setHeader('cache-control', 'no-cache');
      },
    });
  });
  app.get(
    '/operator',
    { config: { need: 'nothing', tenancy: 'none', isFile: true }, schema: { hide: true } },
    async (_request, reply) =>
      reply
        .header('content-security-policy', policy)
        .header('cache-control', 'no-cache')
        .sendFile('operator.html', pageFolder),
  );
  await app.register(files, {
    serve: false,
    index: false,
    dotfiles: 'ignore',
    cacheControl: false,
    // an SVG opened by itself must not run scripts
    setHeaders: response => response.setHeader('content-security-policy', "default-src 'none'"),
  });
  app.get<{ Params: { '*': string } }>(
    '/pictures/*',
    { config: { need: 'search', tenancy: 'own', isFile: true }, schema: { hide: true } },
    async (request, reply) => {
      const asked = parts.of(request).picture(request.params['*']);
      const found = asked && (await findBelow(asked.folder, asked.below, asked.path));
      if (found === undefined) return reply.callNotFound();
      // what a key was needed for is kept by nobody between
      const whose = request.apiKey === undefined ? 'public' : 'private';
      return reply.header('cache-control', `${whose}, max-age=86400`).sendFile(found.path, found.root);
    },
  );
  app.get(
    '/page/settings',
    {
      config: { need: 'search', tenancy: 'own' },
      schema: { summary: 'What the page offers', response: { 200: settingsReply, ...errorReplies } },
    },
    async (request, reply) => {
      const { reader } = parts.of(request);
      const seesAll = request.apiKey?.filter === undefined;
      const [documents, { modes }, attributes] = await Promise.all([
        reader.count(),
        parts.whole.status(),
        seenAttributes(reader, parts.attributes?.() ?? [], seesAll),
      ]);
      const all = seesAll ? documents : await parts.whole.count();
      const least = await floor(modes, parts.embedder?.modelId, all);
      // of all documents
      const places = seesAll ? parts.countries : [];
      return reply.send({
        documents,
        modes: [...modes],
        places: [...(places ?? [])],
        attributes: [...attributes],
        ...(least && { floor: least }),
        pictureOrigins: [...pictureOrigins],
        ...(parts.building && { building: parts.building() }),
      });
    },
  );
}
