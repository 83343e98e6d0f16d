import { z } from 'zod';

export const calibrationSchema = z
  .strictObject({
    /** ascending */
    scores: z.array(z.number()).min(1).max(10_000),
    /** by score: the chance that a hit of at least this score, and below the next, is relevant; never falling */
    chances: z.array(z.number().min(0).max(1)).min(1).max(10_000),
    /** the score below which a hit is left out where a request asks for that */
    cut: z.number(),
    /** gain from which a document counts as relevant */
    relevanceLevel: z.number(),
  })
  .refine(({ scores, chances }) => scores.length === chances.length, 'scores and chances belong together');

export type Calibration = z.infer<typeof calibrationSchema>;
