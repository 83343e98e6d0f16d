import { validatorCompiler } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { checkRules, type RuleInput, rulesSchema } from '../../src/curation/rule.js';
import { unknownIds } from '../../src/curation/unknown-ids.js';
import type { App } from '../parts.js';
import { errorReplies, rulesChangedReply, rulesReply } from '../schemas.js';
import type { RouteParts } from '../view.js';

/** Ten thousand rules. */
const bodyLimit = 32 * 2 ** 20;

/** The writer checks each rule, and names the one that is wrong. */
const uncheckedBody = z.strictObject({ rules: z.array(z.unknown()) });

/** `GET /rules`, `PUT /rules`: rules of curation. */
export function ruleRoutes(app: App, { whole, wholeWriter }: RouteParts): void {
  app.get(
    '/rules',
    {
      config: { tenancy: 'closed' },
      schema: { summary: 'The rules of curation', response: { 200: rulesReply, ...errorReplies } },
    },
    async (_request, reply) => reply.send({ rules: [...(await whole.rules())] }),
  );
  app.put<{ Body: { readonly rules: readonly RuleInput[] } }>(
    '/rules',
    {
      config: { need: 'admin', tenancy: 'closed' },
      onRequest: async () => void wholeWriter(),
      bodyLimit,
      schema: {
        summary: 'Put other rules of curation in the place of all',
        body: rulesSchema,
        response: { 200: rulesChangedReply, ...errorReplies },
      },
      validatorCompiler: route => validatorCompiler({ ...route, schema: uncheckedBody }),
    },
    async (request, reply) => {
      const sequence = await wholeWriter().setRules(request.body.rules);
      const unknown = await unknownIds(id => whole.get(id), checkRules(request.body.rules));
      return reply.send({ sequence, unknown: unknown.map(({ rule, ids }) => ({ rule, ids: [...ids] })) });
    },
  );
}
