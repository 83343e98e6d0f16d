import { validatorCompiler } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { type RuleInput, rulesSchema } from '../../src/curation/rule.js';
import { TandemError } from '../../src/errors/tandem-error.js';
import type { App, AppParts } from '../parts.js';
import { errorReplies, rulesChangedReply, rulesReply } from '../schemas.js';

/** Ten thousand rules. */
const bodyLimit = 32 * 2 ** 20;

/** The writer checks each rule, and names the one that is wrong. */
const uncheckedBody = z.strictObject({ rules: z.array(z.unknown()) });

/** `GET /rules`, `PUT /rules`: rules of curation. */
export function ruleRoutes(app: App, { backend, writing }: AppParts): void {
  const writer = (): NonNullable<AppParts['writing']> => {
    if (writing === undefined) throw new TandemError('index/read-only', 'this service does not write');
    return writing;
  };
  app.get(
    '/rules',
    { schema: { summary: 'The rules of curation', response: { 200: rulesReply, ...errorReplies } } },
    async (_request, reply) => reply.send({ rules: [...(await backend.rules())] }),
  );
  app.put<{ Body: { readonly rules: readonly RuleInput[] } }>(
    '/rules',
    {
      config: { need: 'admin' },
      onRequest: async () => void writer(),
      bodyLimit,
      schema: {
        summary: 'Put other rules of curation in the place of all',
        body: rulesSchema,
        response: { 200: rulesChangedReply, ...errorReplies },
      },
      validatorCompiler: route => validatorCompiler({ ...route, schema: uncheckedBody }),
    },
    async (request, reply) => reply.send({ sequence: await writer().setRules(request.body.rules) }),
  );
}
