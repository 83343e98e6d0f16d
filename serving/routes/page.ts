import { fileURLToPath } from 'node:url';
import files from '@fastify/static';
import type { App, AppParts } from '../parts.js';
import { errorReplies, settingsReply } from '../schemas.js';

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

/** `/`: the search page. `/page/settings`: what it offers. `/pictures/*`: the pictures of the documents. */
export async function pageRoutes(app: App, { backend, embedder, pictures, places = [] }: AppParts): Promise<void> {
  await app.register(files, {
    root: pageFolder,
    cacheControl: false,
    setHeaders: response => {
      response.setHeader('content-security-policy', contentSecurityPolicy);
      response.setHeader('cache-control', 'no-cache');
    },
  });
  if (pictures !== undefined) {
    await app.register(files, {
      root: pictures,
      prefix: '/pictures/',
      decorateReply: false,
      index: false,
      dotfiles: 'ignore',
      maxAge: '1d',
      // an SVG opened by itself must not run scripts
      setHeaders: response => response.setHeader('content-security-policy', "default-src 'none'"),
    });
  }
  app.get(
    '/page/settings',
    { schema: { summary: 'What the page offers', response: { 200: settingsReply, ...errorReplies } } },
    async (_request, reply) =>
      reply.send({
        documents: await backend.count(),
        modes: embedder === undefined ? ['token'] : ['hybrid', 'vector', 'token'],
        places: [...places],
      }),
  );
}
