import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import type { FastifyRequest } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { TandemError } from '../../src/errors/tandem-error.js';
import { asFileError } from '../../src/files/atomic.js';
import { type JobAdmin, jobFormats, jobKinds, jobSchema, type StoredJob } from '../jobs/job.js';
import { allows } from '../keys/api-key.js';
import type { App, AppParts } from '../parts.js';
import { errorReplies } from '../schemas.js';

const ndjson = 'application/x-ndjson';
const parquet = 'application/vnd.apache.parquet';

/** What rows may be sent as, and how such a file is called. */
const endings: Readonly<Record<string, StoredJob['ending']>> = {
  [ndjson]: '.jsonl',
  'application/json': '.json',
  'text/csv': '.csv',
  [parquet]: '.parquet',
  'application/octet-stream': '',
  'application/gzip': '',
};
const types = Object.keys(endings);

const jobQuery = z.strictObject({
  kind: z.enum(jobKinds).default('documents').describe('through which tower the rows go'),
  format: z.enum(jobFormats).default('jsonl').describe('of the embeddings'),
});
const jobParams = z.object({ id: z.string().max(64) });
const jobReply = z.object({ job: jobSchema });
const jobsReply = z.object({ jobs: z.array(jobSchema) });

const submitDescription = `The body is a file of rows: ${types.join(', ')}; the content tells which, and whether it is packed with gzip.
Documents have \`id\`, \`title\` and whatever else the model reads, queries \`id\` and \`text\`. Answered when the rows are on disk; \`GET /jobs/ID\` tells how far the job is.`;

/** `/jobs`: files of rows that are embedded behind the service, for keys that may write. */
export async function jobRoutes(app: App, parts: AppParts): Promise<void> {
  const admin = (): JobAdmin => {
    if (parts.jobs === undefined) throw new TandemError('job/disabled', 'this service takes no jobs');
    return parts.jobs;
  };
  // before a body is read
  const route = { config: { need: 'write', tenancy: 'none' }, onRequest: async () => void admin() } as const;
  const fileRoute = { ...route, config: { ...route.config, isFile: true } } as const;
  app.get(
    '/jobs',
    {
      ...route,
      schema: { summary: 'Embedding jobs, the newest first', response: { 200: jobsReply, ...errorReplies } },
    },
    async (request, reply) => reply.send({ jobs: [...(await admin().listJobs(seenBy(request)))] }),
  );
  app.get(
    '/jobs/:id',
    {
      ...route,
      schema: { summary: 'How far a job is', params: jobParams, response: { 200: jobReply, ...errorReplies } },
    },
    async (request, reply) => reply.send({ job: await admin().job(request.params.id, seenBy(request)) }),
  );
  app.delete(
    '/jobs/:id',
    {
      ...route,
      schema: {
        summary: 'End a job, and take away what it has made',
        params: jobParams,
        response: { 200: jobReply, ...errorReplies },
      },
    },
    async (request, reply) => reply.send({ job: await admin().removeJob(request.params.id, seenBy(request)) }),
  );
  app.get(
    '/jobs/:id/embeddings',
    {
      ...fileRoute,
      schema: {
        summary: 'The embeddings of a finished job, in the order of its rows',
        params: jobParams,
        produces: [ndjson, parquet],
      },
    },
    async (request, reply) => {
      const { path, bytes, format } = await admin().jobFile(request.params.id, 'embeddings', seenBy(request));
      reply.type(format === 'parquet' ? parquet : ndjson).header('content-length', bytes);
      return reply.send(createReadStream(path));
    },
  );
  app.get(
    '/jobs/:id/dead-letters',
    {
      ...fileRoute,
      schema: {
        summary: 'The rows that a finished job could not use: line, reason, and the row where it can be read',
        params: jobParams,
        produces: [ndjson],
      },
    },
    async (request, reply) => {
      const { path, bytes } = await admin().jobFile(request.params.id, 'deadLetters', seenBy(request));
      return reply.type(ndjson).send(bytes === 0 ? '' : Readable.from(withoutPaths(path)));
    },
  );
  await app.register(async scope => {
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser(types, (_request, payload, done) => done(null, payload));
    scope.withTypeProvider<ZodTypeProvider>().post(
      '/jobs',
      {
        ...route,
        config: { ...route.config, streams: true },
        schema: {
          summary: 'Embed a file of rows behind the service',
          description: submitDescription,
          consumes: types,
          querystring: jobQuery,
          response: { 202: jobReply, ...errorReplies },
        },
      },
      async (request, reply) => {
        const { query, body, headers } = request;
        const length = headers['content-length'];
        if (!(body instanceof Readable) || length === '0')
          throw new TandemError('request/invalid', 'there are no rows: the request has no body');
        const ending = endings[(headers['content-type'] ?? '').split(';')[0].trim().toLowerCase()] ?? '';
        const bytes = length === undefined ? undefined : Number(length);
        const { id, path, mostBytes } = await admin().reserveJob({
          ...query,
          ending,
          bytes,
          owner: request.apiKey?.id,
        });
        try {
          await receive(body, path, mostBytes);
          return reply.code(202).send({ job: await admin().submitJob(id) });
        } catch (error) {
          await admin().abandonJob(id);
          // the rest of what comes is not read
          reply.header('connection', 'close');
          throw error;
        }
      },
    );
  });
}

/** Whose jobs are seen: a key sees its own, and one of the scope admin, or who needs no key, all. */
const seenBy = ({ apiKey: key }: FastifyRequest): string | undefined =>
  key === undefined || (allows(key.scopes, 'admin') && key.filter === undefined) ? undefined : key.id;

/** Writes what comes to a file, and that to disk. @throws TandemError 'request/too-large' | 'request/invalid' without a byte | 'files/*' */
async function receive(body: Readable, path: string, mostBytes: number): Promise<void> {
  let bytes = 0;
  try {
    const file = await open(path, 'wx');
    try {
      // what is refused is answered, over the connection that it comes from
      for await (const piece of body.iterator({ destroyOnReturn: false })) {
        bytes += piece.length;
        if (bytes > mostBytes) throw new TandemError('request/too-large', `there is room for ${mostBytes} bytes`);
        await file.writeFile(piece);
      }
      await file.sync();
    } finally {
      await file.close();
    }
  } catch (error) {
    throw asFileError(path, error);
  }
  if (bytes === 0) throw new TandemError('request/invalid', 'there are no rows: the body is empty');
}

/** Where the rows lay on the machine that serves is nobody's business. */
async function* withoutPaths(path: string): AsyncGenerator<string> {
  for await (const line of createInterface({ input: createReadStream(path) })) {
    const { path: _path, ...letter } = z.record(z.string(), z.unknown()).parse(JSON.parse(line));
    yield `${JSON.stringify(letter)}\n`;
  }
}
