import { TandemError } from '../../src/errors/tandem-error.js';
import type { App, GenerationAdmin } from '../parts.js';
import {
  addGenerationBody,
  additionReply,
  comparedReply,
  compareGenerationsBody,
  droppedReply,
  errorReplies,
  generationParams,
  generationsReply,
  switchedReply,
} from '../schemas.js';
import type { RouteParts } from '../view.js';

/** Queries with their judgements, of which there may be thousands. */
const comparedBytes = 16 * 2 ** 20;

/** `/generations`: with which model an index is searched, for keys of the scope admin. */
export function generationRoutes(app: App, parts: RouteParts): void {
  const admin = (): GenerationAdmin => {
    if (parts.generations !== undefined) return parts.generations;
    parts.wholeWriter();
    throw new TandemError(
      'cluster/unsupported',
      'the generations of an index of a cluster are changed by `tandem generation --backend opensearch`, and not by its services',
    );
  };
  // before a body is read
  const route = { config: { need: 'admin', tenancy: 'closed' }, onRequest: async () => void admin() } as const;
  app.get(
    '/generations',
    {
      ...route,
      schema: { summary: 'The generations of the index', response: { 200: generationsReply, ...errorReplies } },
    },
    async (_request, reply) => {
      const addition = await admin().addition();
      return reply.send({ generations: [...(await admin().listGenerations())], ...(addition && { addition }) });
    },
  );
  app.post(
    '/generations',
    {
      ...route,
      schema: {
        summary: 'Begin to embed the documents with another model, or go on with it',
        description: 'Answered when it has begun; `GET /generations` tells how far it is.',
        body: addGenerationBody,
        response: { 202: additionReply, ...errorReplies },
      },
    },
    async (request, reply) => reply.code(202).send({ addition: await admin().addGeneration(request.body.model) }),
  );
  app.post(
    '/generations/:number/switch',
    {
      ...route,
      schema: {
        summary: 'Search and write with another generation from now on',
        params: generationParams,
        response: { 200: switchedReply, ...errorReplies },
      },
    },
    async (request, reply) => reply.send(await admin().switchGeneration(request.params.number)),
  );
  app.post(
    '/generations/rollback',
    {
      ...route,
      schema: {
        summary: 'Go back to the generation that was active before',
        response: { 200: switchedReply, ...errorReplies },
      },
    },
    async (_request, reply) => reply.send(await admin().rollbackGeneration()),
  );
  app.post(
    '/generations/:number/compare',
    {
      ...route,
      config: { ...route.config, isElsewhere: true },
      bodyLimit: comparedBytes,
      schema: {
        summary: 'Ask a generation and the active one the same queries',
        params: generationParams,
        body: compareGenerationsBody,
        response: { 200: comparedReply, ...errorReplies },
      },
    },
    async (request, reply) => {
      const compared = await admin().compareGeneration(request.params.number, request.body);
      return reply.send(comparedReply.parse(compared));
    },
  );
  app.delete(
    '/generations/:number',
    {
      ...route,
      schema: {
        summary: 'Take a generation out of the index',
        params: generationParams,
        response: { 200: droppedReply, ...errorReplies },
      },
    },
    async (request, reply) => {
      const { number } = request.params;
      await admin().dropGeneration(number);
      return reply.send({ generation: number });
    },
  );
}
