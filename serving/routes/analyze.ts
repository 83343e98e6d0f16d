import type { App, AppParts } from '../parts.js';
import { analyzeBody, analyzeReply, errorReplies } from '../schemas.js';

/** `POST /analyze`: every step that turns a text into terms. */
export function analyzeRoute(app: App, parts: AppParts): void {
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
      const { text, language = parts.language } = request.body;
      const steps = parts.analyze(text, language).map(({ name, tokens }) => ({
        name,
        tokens: tokens.map(({ parts, ...token }) => (parts === undefined ? token : { ...token, parts: [...parts] })),
      }));
      return reply.send({ language, steps });
    },
  );
}
