import { realpath } from 'node:fs/promises';
import { isAbsolute, join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import files from '@fastify/static';
import type { App } from '../parts.js';
import { errorReplies, settingsReply } from '../schemas.js';
import type { RouteParts } from '../view.js';

/** The page loads from its own origin alone and runs nothing that is not a file of its own. */
const contentSecurityPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

const pageFolder = fileURLToPath(new URL('../page/', import.meta.url));

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

/** `/`: the search page. `/page/settings`: what it offers. `/pictures/*`: the pictures of the documents. */
export async function pageRoutes(app: App, parts: RouteParts): Promise<void> {
  await app.register(async scope => {
    scope.addHook('onRoute', route => {
      route.config = { ...route.config, need: 'search', tenancy: 'none', isFile: true };
    });
    await scope.register(files, {
      root: pageFolder,
      decorateReply: false,
      cacheControl: false,
      setHeaders: response => {
        response.setHeader('content-security-policy', contentSecurityPolicy);
        response.setHeader('cache-control', 'no-cache');
      },
    });
  });
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
      const [documents, { modes }] = await Promise.all([parts.of(request).reader.count(), parts.whole.status()]);
      // of all documents
      const places = request.apiKey?.filter === undefined ? parts.countries : [];
      return reply.send({
        documents,
        modes: [...modes],
        places: [...(places ?? [])],
        ...(parts.building && { building: parts.building() }),
      });
    },
  );
}
