import { z } from 'zod';

const eventType = z.string().min(1).max(256);

/** How what people did becomes judgements. */
export const labelRulesSchema = z
  .strictObject({
    gains: z
      .array(z.strictObject({ type: eventType, gain: z.int().min(1).max(1000) }))
      .min(1)
      .max(15)
      .default([
        { type: 'click', gain: 1 },
        { type: 'cart', gain: 3 },
        { type: 'order', gain: 4 },
      ])
      .describe('types of events and what each is worth; the first is what an impression leads to at once'),
    search: eventType.default('search').describe('type of the event of a search'),
    impression: eventType.default('impression').describe('type of the event of a document that was shown'),
    windowHours: z
      .number()
      .min(0)
      .max(87_600)
      .default(24)
      .describe('hours from the search within which something counts for it'),
    maxSessionEvents: z
      .int()
      .min(1)
      .max(2 ** 31 - 1)
      .default(10_000)
      .describe('sessions with more events, impressions included, are left out'),
    correction: z
      .enum(['auto', 'interventions', 'cascade', 'none'])
      .default('auto')
      .describe('where propensities come from; auto: interventions where documents moved enough, else cascade'),
    maxWeight: z.number().min(1).max(1000).default(10).describe('what a click at a rarely seen rank counts at most'),
    priorLooks: z
      .number()
      .min(0)
      .max(1e6)
      .default(10)
      .describe('looks without a click that every document is given beforehand'),
    scale: z.int().min(1).max(1e6).default(100).describe('judgement of a document that gains 1 at every look'),
  })
  .prefault({});

export type LabelRules = z.infer<typeof labelRulesSchema>;
