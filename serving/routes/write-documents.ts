import type { Readable } from 'node:stream';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { withoutNulls } from '../../src/config/rows.js';
import { TandemError } from '../../src/errors/tandem-error.js';
import type { FilteredReader } from '../../src/search/backend.js';
import { writeLines } from '../bulk.js';
import { tellFailure } from '../errors.js';
import { exactJsonParser } from '../exact-json.js';
import { heldAnswers } from '../held-answers.js';
import type { App } from '../parts.js';
import {
  deletedReply,
  deleteMatchingBody,
  deletionReply,
  documentBody,
  documentParams,
  errorReplies,
  patchBody,
  writtenReply,
} from '../schemas.js';
import type { RouteParts } from '../view.js';

const ndjson = 'application/x-ndjson';
const bulkBytes = 256 * 2 ** 20;
const bulkLines = 100_000;

const mergePatchType = 'application/merge-patch+json';

/** `PUT /documents/:id`, `PATCH`, `DELETE /documents/:id`, `POST /documents/bulk`: answered when the change is on disk and found by searches. */
export async function writeDocumentsRoutes(
  app: App,
  { of, wholeWriter }: RouteParts,
  lineLimit: number,
): Promise<void> {
  // before a body is read
  const route = { config: { need: 'write', tenancy: 'own' }, onRequest: async () => void wholeWriter() } as const;
  app.put(
    '/documents/:id',
    {
      ...route,
      preValidation: async request => {
        // the schema has not seen the body yet
        const body: unknown = request.body;
        if (isObject(body)) Object.assign(request, { body: withoutNulls(body) });
      },
      schema: {
        summary: 'Store a document, in place of an older one of its id',
        params: documentParams,
        body: documentBody,
        response: { 200: writtenReply, ...errorReplies },
      },
    },
    async (request, reply) => {
      const { id } = request.params;
      checkAddress(request.body, id);
      const sequence = await of(request)
        .writer()
        .write([{ put: { ...request.body, id } }]);
      return reply.send({ id, sequence });
    },
  );
  await app.register(async scope => {
    scope.removeContentTypeParser('text/plain');
    scope.addContentTypeParser(mergePatchType, { parseAs: 'string' }, exactJsonParser(scope));
    scope.withTypeProvider<ZodTypeProvider>().patch(
      '/documents/:id',
      {
        ...route,
        schema: {
          summary: 'Change some fields of a document',
          description:
            'A JSON merge patch (RFC 7396): `{"price": 9.5, "stock": null}` changes the price and removes the stock. Patches of one document at the same time do not lose each other’s fields.',
          consumes: [mergePatchType, 'application/json'],
          params: documentParams,
          body: patchBody,
          response: { 200: writtenReply, ...errorReplies },
        },
      },
      async (request, reply) => {
        const { id } = request.params;
        checkAddress(request.body, id);
        const sequence = await of(request)
          .writer()
          .write([{ patch: { ...request.body, id } }]);
        return reply.send({ id, sequence });
      },
    );
  });
  app.delete(
    '/documents/:id',
    {
      ...route,
      schema: {
        summary: 'Delete a document',
        params: documentParams,
        response: { 200: deletedReply, ...errorReplies },
      },
    },
    async (request, reply) => {
      const { id } = request.params;
      const found = await isThere(of(request).reader, id);
      const sequence = await of(request)
        .writer()
        .write([{ delete: id }]);
      return reply.send({ id, sequence, found });
    },
  );
  app.post(
    '/documents/delete',
    {
      ...route,
      schema: {
        summary: 'Delete the documents that meet a filter',
        description: 'All of them in one commit, or none where they are more than `most`. `dryRun` counts them.',
        body: deleteMatchingBody,
        response: { 200: deletionReply, ...errorReplies },
      },
    },
    async (request, reply) => {
      const { filter, ...options } = request.body;
      const { receipt, ...deletion } = await of(request).writer().deleteMatching(filter, options);
      return reply.send({ ...deletion, ...(receipt !== undefined && { sequence: receipt }) });
    },
  );
  const answerLines = heldAnswers();
  await app.register(async scope => {
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser(ndjson, (_request, payload, done) => done(null, payload));
    scope.post<{ Body: Readable }>(
      '/documents/bulk',
      {
        ...route,
        config: { ...route.config, streams: true },
        schema: {
          summary: 'Store and delete many documents',
          description: bulkDescription(lineLimit),
          consumes: [ndjson],
          produces: [ndjson],
        },
      },
      async (request, reply) => {
        const { body, headers } = request;
        const hasBody = 'transfer-encoding' in headers || Number(headers['content-length'] ?? 0) > 0;
        if (!hasBody) throw new TandemError('request/invalid', 'there are no lines: the request has no body');
        const limits = { line: lineLimit, bytes: bulkBytes, lines: bulkLines };
        return reply
          .type(ndjson)
          .send(answerLines(writeLines(body, of(request).writer(), limits, error => tellFailure(error, request))));
      },
    );
  });
}

/** Whether there is such a document, be it one that is altered on disk: deleting is a way to be rid of it. */
const isThere = (reader: FilteredReader, id: string): Promise<boolean> =>
  reader.get(id).then(
    document => document !== undefined,
    (error: unknown) => {
      if (error instanceof TandemError && error.code === 'index/documents-damaged') return true;
      throw error;
    },
  );

function checkAddress({ id: named }: { readonly id?: string }, id: string): void {
  if (named !== undefined && named !== id)
    throw new TandemError('request/invalid', 'id: the address names another document');
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const bulkDescription = (lineLimit: number): string =>
  [
    'One change to a line: `{"put": {"id": "a", "title": "..."}}`, `{"patch": {"id": "a", "price": 9.5}}` or `{"delete": "a"}`, written in their order.',
    'The answer has a line for each: `{"line", "id", "sequence"}` once it is acknowledged, or `{"line", "code", "message", "remedy"}`;',
    'a bad line does not stop the others. The last line is `{"done", "written", "failed"}`; `done` is false where a limit ended the request.',
    `A line has at most ${lineLimit} bytes, a request ${bulkBytes} bytes and ${bulkLines} lines.`,
  ].join(' ');
