import { createHash } from 'node:crypto';
import { z } from 'zod';
import { calibrationSchema } from './calibration.js';

/** Bytes of a network at most. */
export const mostNetworkBytes = 16 * 2 ** 20;

const scale = { mean: z.number(), deviation: z.number().gt(0) };
const figures = z.record(z.string(), z.number());

export const digestOf = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

/** The network of a file as bytes. */
export const networkBytes = ({ network }: { readonly network: string }): Uint8Array => Buffer.from(network, 'base64');

/** A graph that keeps numbers in other files names them by this key; ours holds all of its own. */
const elsewhere = 'location';

/** A network that orders the first hits of a ranker anew, as it is kept. Files of rankers come from strangers too: everything has a bound. */
export const deepPartSchema = z
  .strictObject({
    /** hits of the ranker that it orders */
    depth: z.int().min(1).max(200),
    /** milliseconds that a search gives it */
    deadlineMs: z.int().min(1).max(60_000),
    /** D of the embeddings that it looks at; 0: none */
    width: z.int().min(0).max(8_192),
    /** of the scores of the ranker */
    score: z.strictObject(scale),
    /** in the order of its inputs */
    features: z.array(z.strictObject({ name: z.string().min(1).max(1_000), ...scale })).max(1_000),
    /** ONNX, base64 */
    network: z.base64().max(Math.ceil(mostNetworkBytes / 3) * 4, `more than ${mostNetworkBytes} bytes`),
    /** of its bytes */
    sha256: z.string(),
    /** of its scores, in place of that of the ranker */
    calibration: calibrationSchema.optional(),
    learnt: z
      .strictObject({
        queries: z.int().min(0),
        validationQueries: z.int().min(0),
        loss: z.enum(['lambda', 'softmax']),
        epochs: z.int().min(0),
        seed: z.int().min(0),
        /** on the validation queries: of the ranker, and of the network behind it */
        before: figures,
        after: figures,
      })
      .optional(),
  })
  .refine(part => digestOf(networkBytes(part)) === part.sha256, {
    message: 'not the network that was written',
    path: ['network'],
  })
  .refine(part => !Buffer.from(networkBytes(part)).includes(elsewhere), {
    message: 'a network that reads other files',
    path: ['network'],
  });

export type DeepPart = z.infer<typeof deepPartSchema>;
