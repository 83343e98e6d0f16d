import type { App, AppParts } from '../parts.js';
import { analyzeBody, analyzeReply, errorReplies } from '../schemas.js';

/** `POST /analyze`: every step that turns a text into terms. */
export function analyzeRoute(app: App, { backend }: AppParts): void {
  app.post(
    '/analyze',
    {
      schema: {
        summary: 'Show the analysis of a text',
        body: analyzeBody,
        response: { 200: analyzeReply, ...errorReplies },
      },
    },
    async (request, reply) => {
      const { language, steps: found } = await backend.analyze(request.body.text, request.body.language);
      const steps = found.map(({ name, tokens }) => ({
        name,
        tokens: tokens.map(({ parts, variants, ...token }) => ({
          ...token,
          ...(parts && { parts: [...parts] }),
          ...(variants && { variants: [...variants] }),
        })),
      }));
      return reply.send({ language, steps });
    },
  );
}
