import OpenAI, { type APIError } from 'openai';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createServer, loadModel, type Model, type Server } from '../../src/api/index.js';
import { type LibraryFolder, makeLibraryFolder } from '../api/library-folder.js';

let folder: LibraryFolder;
let server: Server;
let model: Model;
let openai: OpenAI;
beforeAll(async () => {
  folder = await makeLibraryFolder();
  server = await createServer({ index: folder.at('index'), port: 0 });
  model = await loadModel(folder.at('model'));
  openai = new OpenAI({ baseURL: `${server.url}v1`, apiKey: 'none', maxRetries: 0 });
});
afterAll(async () => {
  await server.close();
  await model.close();
  await folder.remove();
});

const texts = ['red hammer', 'a lamp for the shelf', 'red hammer'];
const refusal = (work: Promise<unknown>): Promise<APIError> =>
  work.then(
    () => expect.unreachable(),
    (error: unknown) => error as APIError,
  );

describe('POST /v1/embeddings, asked by the client of OpenAI', () => {
  it('embeds queries as the model does, in either encoding and in the order of the texts', async () => {
    const expected = await Promise.all(texts.map(async text => [...(await model.embedQuery({ text })).embedding]));
    for (const encoding of [undefined, 'float', 'base64'] as const) {
      const asked = { model: 'tandem', input: texts, ...(encoding && { encoding_format: encoding }) };
      const { data, model: name } = await openai.embeddings.create(asked);
      expect(name).toBe('tandem');
      expect(data.map(({ index }) => index)).toEqual([0, 1, 2]);
      // base64 that was asked for is handed on by the client as it came
      const numbers = data.map(({ embedding }): number[] => {
        const given: unknown = embedding;
        if (typeof given !== 'string') return embedding;
        const bytes = Buffer.from(given, 'base64');
        return Array.from({ length: bytes.length / 4 }, (_, i) => bytes.readFloatLE(4 * i));
      });
      expect(numbers, encoding).toEqual(expected);
    }
  });

  it('embeds documents by the other name: the first line is the title, the rest the description', async () => {
    const { data } = await openai.embeddings.create({
      model: `${model.modelId.slice(0, 12)}:document`,
      input: 'red hammer\nfor nail and screw',
    });
    const document = { id: 'a', title: 'red hammer', description: 'for nail and screw' };
    expect(data[0].embedding).toEqual([...(await model.embedDocuments([document]))]);
    const [query] = (await openai.embeddings.create({ model: 'tandem', input: document.title })).data;
    expect(data[0].embedding).not.toEqual(query.embedding);
  });

  it('gives the beginning of an embedding, scaled to length 1, where fewer dimensions are asked for', async () => {
    const { embedding } = await model.embedQuery({ text: texts[0] });
    const length = Math.sqrt(embedding.subarray(0, 4).reduce((sum, value) => sum + value * value, 0));
    const { data } = await openai.embeddings.create({ model: 'tandem', input: texts[0], dimensions: 4 });
    expect(data[0].embedding).toHaveLength(4);
    for (const [i, value] of data[0].embedding.entries()) expect(value).toBeCloseTo(embedding[i] / length, 6);
    const nothing = await openai.embeddings.create({ model: 'tandem', input: '!!!', dimensions: 4 });
    expect(nothing.data[0].embedding).toEqual([0, 0, 0, 0]);
  });

  it('lists the names that it knows', async () => {
    const id = model.modelId.slice(0, 12);
    const names: string[] = [];
    for await (const { id: name } of openai.models.list()) names.push(name);
    expect(names).toEqual(['tandem', 'tandem:document', id, `${id}:document`]);
  });

  it('gives zeros where the model can read nothing', async () => {
    const { data } = await openai.embeddings.create({ model: 'tandem', input: '!!!' });
    expect(data[0].embedding).toEqual(new Array(model.width).fill(0));
  });

  it.each([
    [{ model: 'text-embedding-3-small', input: 'a' }, 404, 'request/not-found', /^model: .*tandem:document/],
    [{ model: 'tandem', input: [[1, 2, 3]] }, 400, 'request/invalid', /^input: expected a text/],
    [{ model: 'tandem', input: [] }, 400, 'request/invalid', /^input: /],
    [{ model: 'tandem', input: 'a', dimensions: 17 }, 400, 'request/invalid', /^dimensions: this model has 16, got 17/],
  ])('tells the client what is wrong with %j', async (asked, status, code, message) => {
    const error = await refusal(openai.embeddings.create(asked as OpenAI.EmbeddingCreateParams));
    expect([error.status, error.code]).toEqual([status, code]);
    expect(error.message.replace(/^\d+ /, '')).toMatch(message);
  });

  it('says in the same way that an index has no model', async () => {
    const words = await createServer({ index: folder.at('words'), port: 0 });
    const client = new OpenAI({ baseURL: `${words.url}v1`, apiKey: 'none', maxRetries: 0 });
    const error = await refusal(client.embeddings.create({ model: 'tandem', input: 'a' }));
    await words.close();
    expect(error.code).toBe('index/no-vectors');
  });
});
