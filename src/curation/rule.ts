import { z } from 'zod';
import { idSchema } from '../config/id.js';
import { TandemError } from '../errors/tandem-error.js';
import { mostTelling, text } from '../query/check-value.js';
import { filterSchema } from '../query/filter-schema.js';
import { parseDate } from '../query/iso-date.js';

/** Rules of one index, and examples of all of them together, at most. */
const mostRules = 10_000;
const mostExamples = 2_000;
/** Of towers and of published encoders alike the least at which a rule holds for one in 1,000 queries about something else, or fewer (docs/rules.md). */
const defaultCosine = 0.6;
const longestQuery = 256;

const queryText = text(longestQuery);
/** One, or several of which any will do. */
const oneOrMore = <S extends z.ZodType>(schema: S) =>
  z.union([schema.transform((one): z.output<S>[] => [one]), z.array(schema).min(1).max(1_000)]);

const moment = z
  .string()
  .max(40)
  .refine(value => parseDate(value) !== undefined, {
    error: 'expected an ISO 8601 date such as 2026-12-01 or 2026-12-01T08:00:00Z',
  });

const when = z
  .strictObject({
    exact: oneOrMore(queryText).optional().describe('the whole query, whatever its case, accents and endings'),
    phrase: oneOrMore(queryText).optional().describe('words next to one another somewhere in the query, the same way'),
    pattern: oneOrMore(queryText)
      .optional()
      .describe('the whole query as a pattern, case and accents aside: `*` stands for any characters, `?` for one'),
    near: z
      .strictObject({
        examples: z.array(queryText).min(1).max(50),
        cosine: z
          .number()
          .min(-1)
          .max(1)
          .default(defaultCosine)
          .describe('of the embeddings of the query and an example, at least'),
      })
      .optional()
      .describe('near in meaning to an example'),
    countries: z.array(text(64)).min(1).max(300).optional().describe('of the person who asks'),
    filter: filterSchema.optional().describe('clauses that the request has among those of its filter'),
    from: moment.optional().describe('the first moment at which it holds'),
    until: moment.optional().describe('the moment from which on it holds no more'),
  })
  .refine(
    ({ from, until }) => from === undefined || until === undefined || (parseDate(from) ?? 0) < (parseDate(until) ?? 0),
    { error: 'from is before until' },
  );

const targetFields = {
  ids: z.array(idSchema).min(1).max(1_000).optional(),
  filter: filterSchema.optional(),
};
const namesDocuments = {
  check: ({ ids, filter }: { ids?: readonly string[]; filter?: readonly unknown[] }): boolean =>
    ids !== undefined || (filter?.length ?? 0) > 0,
  error: { error: 'it names no documents: give ids, a filter, or both' },
};

const pin = z.strictObject({ id: idSchema, position: z.int().min(1).max(1_000).describe('from 1') });
const pins = z
  .array(z.union([pin, idSchema]))
  .min(1)
  .max(100)
  .transform(list =>
    list.map((each, i): z.output<typeof pin> => (typeof each === 'object' ? each : { id: each, position: i + 1 })),
  );

const address = z
  .string()
  .max(2_000)
  .regex(/^(?:https?:\/\/[^\s]+|\/(?!\/)[^\s]*)$/, { error: 'expected an address, https://... or a path /...' });

const ruleSchema = z
  .strictObject({
    id: z.string().regex(/^[\w.-]{1,100}$/, { error: 'expected 1 to 100 letters, digits, dots, - or _' }),
    note: z.string().max(1_000).optional().describe('for people'),
    when: when.optional().describe('every search when absent'),
    pin: pins.optional().describe('ids, at the positions from 1 on, or `{"id", "position"}`'),
    hide: z.strictObject(targetFields).refine(namesDocuments.check, namesDocuments.error).optional(),
    boost: z
      .strictObject({ ...targetFields, by: z.number().gt(1).max(1_000).default(2) })
      .refine(namesDocuments.check, namesDocuments.error)
      .optional()
      .describe('scores become so many times as high'),
    bury: z
      .strictObject({ ...targetFields, by: z.number().min(0).lt(1).default(0.1) })
      .refine(namesDocuments.check, namesDocuments.error)
      .optional()
      .describe('scores become such a part of what they are'),
    replace: text(longestQuery).optional().describe('what is searched for in place of the text'),
    redirect: address.optional().describe('where the person is to be sent; the answer has it'),
  })
  .refine(rule => actionsOf(rule).length > 0, {
    error: 'it does nothing: give pin, hide, boost, bury, replace or redirect',
  });

/** What a rule does, in the order in which it is done. */
export const ruleActions = ['replace', 'hide', 'boost', 'bury', 'pin', 'redirect'] as const;
export type RuleAction = (typeof ruleActions)[number];

type Deep<T> = T extends object ? { readonly [K in keyof T]: Deep<T[K]> } : T;
/** A rule of curation (docs/rules.md). */
export type Rule = Deep<z.output<typeof ruleSchema>>;
/** The same as people may write it. */
export type RuleInput = Deep<z.input<typeof ruleSchema>>;
export type RuleTarget = Pick<NonNullable<Rule['hide']>, 'ids' | 'filter'>;

/** The rules of an index: `rules.json`, and what `PUT /rules` takes. */
export const rulesSchema = z
  .strictObject({ rules: z.array(ruleSchema).max(mostRules) })
  .superRefine(({ rules }, context) => {
    const ids = new Set<string>();
    let examples = 0;
    rules.forEach(({ id, when: condition }, i) => {
      if (ids.has(id))
        context.addIssue({ code: 'custom', message: `there is another "${id}"`, path: ['rules', i, 'id'] });
      ids.add(id);
      examples += condition?.near?.examples.length ?? 0;
    });
    if (examples > mostExamples)
      context.addIssue({ code: 'custom', message: `more than ${mostExamples} examples in all`, path: ['rules'] });
  });

export const actionsOf = (rule: { readonly [A in RuleAction]?: unknown }): RuleAction[] =>
  ruleActions.filter(action => rule[action] !== undefined);

/** @throws TandemError 'rules/invalid' naming the rule and the field */
export function checkRules(rules: readonly RuleInput[]): readonly Rule[] {
  const checked = rulesSchema.safeParse({ rules });
  if (checked.success) return checked.data.rules;
  const { path, message } = mostTelling(checked.error.issues[0]);
  const [, place, ...field] = path;
  const found = typeof place === 'number' ? rules[place] : undefined;
  const name = typeof found?.id === 'string' ? `rule "${found.id.slice(0, 100)}"` : `rule ${Number(place) + 1}`;
  const where = [found === undefined ? 'rules' : name, field.map(String).join('.')].filter(part => part !== '');
  throw new TandemError('rules/invalid', `${where.join(': ')}: ${message}`, { path: path.map(String).join('.') });
}

/** What a rule did to a search. */
export interface AppliedRule {
  readonly id: string;
  /** that had something to do */
  readonly actions: readonly RuleAction[];
  /** of the nearest example, where the rule holds for its nearness */
  readonly cosine?: number;
  /** what was searched for in place of the text */
  readonly text?: string;
}

/** What a rule did to a hit. */
export interface HitRule {
  readonly id: string;
  readonly action: 'pin' | 'boost' | 'bury';
  /** of a pin */
  readonly position?: number;
  /** of a boost or bury */
  readonly by?: number;
}
