import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import { TandemError } from '../../src/errors/tandem-error.js';
import type { TextEmbedder } from '../../src/search/backend.js';
import { letOthers } from '../../src/search/turns.js';
import { embeddingsBody, embeddingsReply, modelsReply, openAiErrorReplies } from '../embedding-schemas.js';
import { bodyOf, sendErrorIn } from '../errors.js';
import type { App } from '../parts.js';
import type { RouteParts } from '../view.js';

/** The towers that a name stands for. */
interface NamedTower {
  readonly name: string;
  readonly side: 'query' | 'document';
}

/** The name that stands for whatever model an index has. */
const anyModel = 'tandem';
const documentSide = ':document';
/** Digits of the sha256 of a model by which it is named. */
const shortId = 12;

const namesOf = ({ modelId }: TextEmbedder): NamedTower[] =>
  [anyModel, modelId.slice(0, shortId)].flatMap((name): NamedTower[] => [
    { name, side: 'query' },
    { name: `${name}${documentSide}`, side: 'document' },
  ]);

/**
 * `POST /v1/embeddings` and `GET /v1/models`, as OpenAI describes them, so that programs written for that service embed with the model of the index. The name of
 * the model says the side: queries, or documents with `:document` behind it.
 */
export function embeddingsRoutes(app: App, parts: RouteParts): void {
  const theEmbedder = (): TextEmbedder => {
    if (parts.embedder === undefined) throw new TandemError('index/no-vectors', 'this index was made without a model');
    return parts.embedder;
  };
  const route = { config: { need: 'search', tenancy: 'none' }, errorHandler: sendOpenAiError } as const;
  app.get(
    '/v1/models',
    { ...route, schema: { summary: 'The names of the model', response: { 200: modelsReply, ...openAiErrorReplies } } },
    async (_request, reply) =>
      reply.send({
        object: 'list',
        data: namesOf(theEmbedder()).map(({ name }) => ({ id: name, object: 'model', created: 0, owned_by: 'tandem' })),
      }),
  );
  app.post(
    '/v1/embeddings',
    {
      ...route,
      config: {
        ...route.config,
        countsAs: ({ input }: { readonly input: string | readonly string[] }) =>
          typeof input === 'string' ? 1 : input.length,
      },
      schema: {
        summary: 'Embed texts, as the interface of OpenAI has it',
        body: embeddingsBody,
        response: { 200: embeddingsReply, ...openAiErrorReplies },
      },
    },
    async (request, reply) => {
      const { input, model, encoding_format: format = 'float', dimensions } = request.body;
      const embedder = theEmbedder();
      const tower = namesOf(embedder).find(({ name }) => name === model);
      if (tower === undefined)
        throw new TandemError(
          'request/not-found',
          `model: there is no "${model.slice(0, 100)}"; this index has ${namesOf(embedder)
            .map(({ name }) => name)
            .join(', ')}`,
        );
      const { width } = embedder;
      if (dimensions !== undefined && dimensions > width)
        throw new TandemError('request/invalid', `dimensions: this model has ${width}, got ${dimensions}`);
      const whole = await embedTexts(embedder, tower, typeof input === 'string' ? [input] : input);
      const embeddings = whole.map(embedding => beginningOf(embedding, dimensions ?? width));
      return reply.send({
        object: 'list',
        data: embeddings.map((embedding, index) => ({
          object: 'embedding',
          index,
          embedding: format === 'base64' ? base64Of(embedding) : Array.from(embedding),
        })),
        model,
        // towers do not count in tokens
        usage: { prompt_tokens: 0, total_tokens: 0 },
      });
    },
  );
}

/** The one error shape, and beside it that of OpenAI, from which its clients read. */
function sendOpenAiError(error: FastifyError | TandemError, request: FastifyRequest, reply: FastifyReply): void {
  sendErrorIn(
    told => ({
      ...bodyOf(told),
      error: {
        message: `${told.message}${/[.?!]$/.test(told.message) ? '' : '.'} ${told.remedy}`,
        type: told.status < 500 ? 'invalid_request_error' : 'server_error',
        param: null,
        code: told.code,
      },
    }),
    error,
    request,
    reply,
  );
}

/** Others have their turn after each text. */
async function embedTexts(
  { embedQuery, embedDocuments }: TextEmbedder,
  { name, side }: NamedTower,
  texts: readonly string[],
): Promise<Float32Array[]> {
  if (side === 'document' && embedDocuments === undefined)
    throw new TandemError('index/no-vectors', `${name}: this service has the query side of its model alone`);
  const embeddings: Float32Array[] = [];
  for (const text of texts) {
    embeddings.push(
      side === 'document' && embedDocuments !== undefined
        ? await embedDocuments([documentOf(text)])
        : (await embedQuery({ text })).embedding,
    );
    if (texts.length > 1) await letOthers();
  }
  return embeddings;
}

/** The first line is the title, what follows the description. */
function documentOf(text: string): { id: string; title: string; description?: string } {
  const [, title = '', description = ''] = /^([^\n]*)\n?([\s\S]*)$/.exec(text) ?? [];
  return { id: '-', title, ...(description.trim() !== '' && { description }) };
}

/** The first values of an embedding, scaled to length 1: what a model that was trained for it (training.matryoshka) finds with nearly as well. */
function beginningOf(embedding: Float32Array, width: number): Float32Array {
  if (width === embedding.length) return embedding;
  const beginning = embedding.subarray(0, width);
  const length = Math.hypot(...beginning);
  return length === 0 ? beginning.slice() : beginning.map(value => value / length);
}

/** As little-endian float32, which all machines that Tandem runs on have. */
const base64Of = ({ buffer, byteOffset, byteLength }: Float32Array): string =>
  Buffer.from(buffer, byteOffset, byteLength).toString('base64');
