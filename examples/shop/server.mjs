// node examples/shop/server.mjs [--service http://127.0.0.1:8080] [--key KEY] [--port 3000] [--events]: the files of this folder, and the modules that they load.
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import { dirname, extname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const { values } = parseArgs({
  options: {
    service: { type: 'string', default: 'http://127.0.0.1:8080' },
    key: { type: 'string' },
    port: { type: 'string', default: '3000' },
    events: { type: 'boolean', default: false },
  },
});
const require = createRequire(import.meta.url);
const here = dirname(fileURLToPath(import.meta.url));
const tandem = dirname(fileURLToPath(import.meta.resolve('tandem-search/client')));
const instantsearch = join(
  dirname(require.resolve('instantsearch.js/package.json')),
  'dist/instantsearch.production.min.js',
);
const types = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.jpg': 'image/jpeg',
  '.jpeg': 'image/jpeg',
  '.webp': 'image/webp',
  '.avif': 'image/avif',
  '.gif': 'image/gif',
  '.json': 'application/json',
};

/** Where the file of an address lies; undefined for one outside the folders. */
function fileOf(path) {
  if (path === '/modules/instantsearch.js') return instantsearch;
  if (path.startsWith('/modules/tandem-search/')) return join(tandem, path.slice('/modules/tandem-search/'.length));
  return join(here, path === '/' ? 'index.html' : path);
}

createServer(async (request, reply) => {
  let path;
  try {
    path = normalize(decodeURIComponent(new URL(request.url, 'http://shop').pathname));
  } catch {
    return reply.writeHead(400).end();
  }
  if (path === '/settings.json')
    return reply
      .writeHead(200, { 'content-type': types['.json'] })
      .end(JSON.stringify({ service: values.service, key: values.key, events: values.events }));
  const type = types[extname(path === '/' ? '.html' : path) || '.html'];
  const content = type && (await readFile(fileOf(path)).catch(() => undefined));
  if (content === undefined) return reply.writeHead(404).end();
  const charset = /^(?:text|application)\//.test(type) ? '; charset=utf-8' : '';
  reply.writeHead(200, { 'content-type': `${type}${charset}` }).end(content);
}).listen(Number(values.port), '127.0.0.1', function () {
  console.log(`http://127.0.0.1:${this.address().port}`);
});
