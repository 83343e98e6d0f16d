import { createReadStream } from 'node:fs';
import { lstat, readdir } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { z } from 'zod';
import { TandemError } from '../../src/errors/tandem-error.js';
import type { App } from '../parts.js';
import { errorReplies } from '../schemas.js';

const reportsReply = z.object({
  reports: z
    .array(z.object({ name: z.string(), written: z.string(), bytes: z.int() }))
    .describe('the last two hundred, the last first; none where the service was started without `--reports`'),
  kept: z.boolean().describe('whether the service was started with `--reports`'),
});
const mostReports = 200;

/** What commands write beside one another; a report has no scripts. */
const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.json': 'application/json; charset=utf-8',
};
const nameSchema = z.string().regex(/^\w[\w.-]{0,199}\.(?:html|svg|json)$/, { error: 'expected the name of a report' });
const policy = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; sandbox";

/** `GET /reports`, `GET /reports/NAME`: reports that commands wrote, such as of golden queries or of a log. @param folder  that holds them */
export function reportRoutes(app: App, folder: string | undefined): void {
  app.get(
    '/reports',
    {
      config: { tenancy: 'closed' },
      schema: { summary: 'Reports that commands wrote', response: { 200: reportsReply, ...errorReplies } },
    },
    async (_request, reply) =>
      reply.send({ kept: folder !== undefined, reports: folder === undefined ? [] : await reportsIn(folder) }),
  );
  app.get(
    '/reports/:name',
    {
      config: { tenancy: 'closed', isFile: true },
      schema: { hide: true, params: z.strictObject({ name: nameSchema }) },
    },
    async ({ params: { name } }, reply) => {
      const found = folder === undefined ? undefined : await lstat(join(folder, name)).catch(() => undefined);
      if (folder === undefined || !found?.isFile())
        throw new TandemError('request/not-found', `${name}: no such report`);
      reply.header('content-security-policy', policy).header('cache-control', 'no-cache');
      return reply.type(types[extname(name)]).send(createReadStream(join(folder, name)));
    },
  );
}

async function reportsIn(folder: string): Promise<z.infer<typeof reportsReply>['reports']> {
  const names = (await readdir(folder).catch((): string[] => [])).filter(
    name => name.endsWith('.html') && nameSchema.safeParse(name).success,
  );
  const found = await Promise.all(
    names.map(async name => ({ name, file: await lstat(join(folder, name)).catch(() => undefined) })),
  );
  return found
    .flatMap(({ name, file }) =>
      file?.isFile() ? [{ name, written: file.mtime.toISOString(), bytes: file.size }] : [],
    )
    .sort((a, b) => (a.written < b.written ? 1 : a.written > b.written ? -1 : a.name < b.name ? -1 : 1))
    .slice(0, mostReports);
}
