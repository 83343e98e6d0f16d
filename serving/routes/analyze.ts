import { TandemError } from '../../src/errors/tandem-error.js';
import type { AnalysisStep } from '../../src/text/analyzer.js';
import type { App } from '../parts.js';
import { analyzeBody, analyzeReply, errorReplies } from '../schemas.js';
import type { RouteParts } from '../view.js';

/** Bytes of an answer, and of each of its tokens beside the term. */
const mostBytes = 4 * 2 ** 20;
const tokenBytes = 70;

const bytesOf = (spans: readonly { readonly term: string }[]): number =>
  spans.reduce((sum, { term }) => sum + tokenBytes + Buffer.byteLength(term), 0);

/** Refuses an answer before it is written: a text of some kilobytes has many tokens in each of its steps. @throws TandemError 'request/too-large' */
function checkSize(steps: readonly AnalysisStep[]): void {
  let bytes = 0;
  for (const { tokens } of steps) {
    bytes += bytesOf(tokens);
    for (const { parts = [], variants = [] } of tokens) bytes += bytesOf(parts) + bytesOf(variants);
  }
  if (bytes <= mostBytes) return;
  throw new TandemError('request/too-large', `text: the answer has more than ${mostBytes} bytes; send it in pieces`);
}

/** `POST /analyze`: every step that turns a text into terms. */
export function analyzeRoute(app: App, { whole }: RouteParts): void {
  app.post(
    '/analyze',
    {
      config: { tenancy: 'none' },
      schema: {
        summary: 'Show the analysis of a text',
        body: analyzeBody,
        response: { 200: analyzeReply, ...errorReplies },
      },
    },
    async (request, reply) => {
      const { language, steps: found } = await whole.analyze(request.body.text, request.body.language);
      checkSize(found);
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
