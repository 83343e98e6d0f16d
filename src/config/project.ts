import { z } from 'zod';
import { columnTypesSchema } from './mapping.js';

/** Name of the file of a project. */
export const projectFileName = 'tandem.json';

const file = z.string().min(1).max(4096);
const files = z.array(file).min(1).max(10_000);
const column = z.string().min(1).max(1024);

const places = (what: string) =>
  files.describe(`files of ${what}, relative to the folder of tandem.json; read one after the other`);

const documentsSchema = z
  .strictObject({
    files: places('documents'),
    columns: z
      .strictObject({
        id: column
          .optional()
          .describe('column that tells documents apart; absent: `id`, or the row itself with `numbered`'),
        title: column.optional().describe('column of what a document is called; absent: `title`'),
        description: column.optional().describe('column of the longer text'),
        price: column.optional().describe('column of the price'),
        images: column
          .optional()
          .describe('column of pictures: a list, or several in one cell parted by a vertical bar'),
        country: column.optional().describe('column of the country that a document is offered in'),
        language: column.optional().describe('column of the language that a document is written in (BCP 47)'),
      })
      .prefault({}),
    types: columnTypesSchema
      .default({})
      .describe('column -> text, number or boolean: how its cells are read, in place of what its values tell'),
    omit: z
      .array(column)
      .default([])
      .describe('columns that documents are not to have: they are neither searched nor kept'),
    numbered: z
      .boolean()
      .default(false)
      .describe(
        'whether the place of a row in its file is its id, where no column can be one: it holds as long as the order of the rows does',
      ),
    repeated: z
      .enum(['refuse', 'first'])
      .default('refuse')
      .describe(
        'what becomes of rows whose id stood before: refuse = an error, first = the first row of an id is the document',
      ),
    untitled: z
      .enum(['refuse', 'keep'])
      .default('refuse')
      .describe('what becomes of rows without a title: refuse = an error, keep = the document has an empty one'),
    html: z
      .enum(['keep', 'text'])
      .default('keep')
      .describe(
        'what becomes of HTML in titles and descriptions: keep = it stays as it is written, text = the text that a reader sees',
      ),
    levels: z
      .array(column)
      .default([])
      .describe(
        'columns of categories that lead down, `Garden > Hoses`: documents get `COLUMN.lvl0`, `COLUMN.lvl1` and so on, which hierarchical menus are made of',
      ),
    unusable: z
      .enum(['refuse', 'leaveOut'])
      .default('refuse')
      .describe(
        'what becomes of rows that cannot be a document, such as one without an id: refuse = an error, leaveOut = they are left out and told, as long as they are at most one in twenty',
      ),
    price: z
      .strictObject({
        decimal: z
          .enum(['point', 'comma'])
          .optional()
          .describe(
            'the mark before the fraction, which decides how `1,234` and `1.234` are read; absent: what most prices of the file show',
          ),
        divideBy: z
          .number()
          .positive()
          .default(1)
          .describe('what prices are divided by, 100 where they stand in cents'),
        unreadable: z
          .enum(['refuse', 'leaveOut'])
          .default('refuse')
          .describe(
            'what becomes of a price that cannot be read: refuse = an error, leaveOut = the document has no price. `tandem init` writes leaveOut where the file has such prices on that day; a feed that may have them later wants it too',
          ),
      })
      .prefault({}),
  })
  .describe('documents: what is searched for');

const pairsSchema = z.strictObject({
  files: places('pairs'),
  columns: z
    .strictObject({
      query: column.optional().describe('column of the text that was asked; absent: `query`'),
      documentId: column.optional().describe('column of the id of the document that was wanted; absent: `documentId`'),
      country: column.optional().describe('column of the country that was asked from'),
      language: column.optional().describe('column of the language of the query'),
      weight: column.optional().describe('column of the weight of a pair, in (0, 1]'),
      gain: column.optional().describe('column of a judgement; pairs of a lower one than `positiveFrom` are left out'),
    })
    .prefault({}),
  positiveFrom: z
    .number()
    .default(1)
    .describe('least judgement that makes a pair positive, where there is a column `gain`'),
});

const eventsSchema = z.strictObject({
  files: places('events'),
  columns: z
    .strictObject({
      session: column.optional().describe('column that holds events of one visit together; absent: `session`'),
      time: column.optional().describe('column of the time; absent: `time`'),
      type: column.optional().describe('column of what was done; absent: `type`'),
      query: column.optional().describe('column of the text that was searched for'),
      documentId: column.optional().describe('column of the id of the document that something was done with'),
      country: column.optional().describe('column of the country that was asked from'),
      rank: column.optional().describe('column of the place of the document in the answer, from 1'),
    })
    .prefault({}),
  chain: z
    .array(z.string().min(1).max(256))
    .min(2)
    .max(16)
    .optional()
    .describe(
      'types of events that make a positive, in order: a search, what it led to at once, what followed on the same document',
    ),
  windowHours: z
    .number()
    .min(0)
    .max(87_600)
    .optional()
    .describe('hours from the search within which the chain is gone through; absent: 24'),
  maxSessionEvents: z
    .int()
    .min(1)
    .max(2 ** 31 - 1)
    .optional()
    .describe('sessions with more events are left out; absent: 1000'),
});

const queriesSchema = z.strictObject({
  files: places('validation queries'),
  columns: z
    .strictObject({
      id: column.optional().describe('column of the id that judgements name; absent: `id`'),
      text: column.optional().describe('column of the text; absent: `text`'),
      country: column.optional().describe('column of the country'),
      language: column.optional().describe('column of the language'),
    })
    .prefault({}),
});

/** A project: which files hold what, and how they become a search. Written by `tandem init`, read by every command. */
export const projectSchema = z.strictObject({
  $schema: z.string().optional().describe('address of a schema for editors; not read'),
  documents: documentsSchema,
  pairs: pairsSchema.optional().describe('positive pairs of query and document'),
  events: eventsSchema.optional().describe('what people did, which pairs are made from, in place of `pairs`'),
  queries: queriesSchema
    .optional()
    .describe('queries that are validated on, with `qrels`; then every pair is trained on'),
  qrels: file.optional().describe('judgements of `queries` (TREC), relative to the folder of tandem.json'),
  preset: z.string().optional().describe('starting point of the configuration; `--preset` wins'),
  config: z
    .record(z.string(), z.unknown())
    .default({})
    .describe('what differs from the preset, with the keys of docs/config.md; `--config` and `--set` win'),
  out: file
    .default('out')
    .describe(
      'folder that commands write to, relative to the folder of tandem.json: `data`, `model`, `index` and `report.html` below it',
    ),
});

export type Project = z.infer<typeof projectSchema>;
/** A project as it is written: what is not said has its default. */
export type ProjectInput = z.input<typeof projectSchema>;
export type DocumentsProject = z.infer<typeof documentsSchema>;
export type PriceRule = DocumentsProject['price'];
