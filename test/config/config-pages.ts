import { z } from 'zod';
import { projectSchema } from '../../src/config/project.js';
import { configSchema } from '../../src/config/schema.js';

/** The part of a JSON schema that the page shows. */
interface SchemaNode {
  readonly type?: string;
  /** how a value of an open list of names looks */
  readonly title?: string;
  readonly description?: string;
  readonly default?: unknown;
  readonly enum?: readonly unknown[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: number;
  readonly exclusiveMaximum?: number;
  readonly properties?: Readonly<Record<string, SchemaNode>>;
  readonly items?: SchemaNode;
  readonly anyOf?: readonly SchemaNode[];
}

function bound({
  enum: values,
  items,
  title,
  type,
  minimum,
  maximum,
  exclusiveMinimum,
  exclusiveMaximum,
  anyOf,
}: SchemaNode): string {
  if (anyOf) return anyOf.map(bound).join(' or ');
  if (values) return values.join(', ');
  if (title) return title;
  if (items && (items.enum || items.anyOf)) return `list of ${bound(items)}`;
  const low = minimum === undefined ? (exclusiveMinimum === undefined ? '' : `> ${exclusiveMinimum}`) : `>= ${minimum}`;
  const high =
    maximum === undefined ? (exclusiveMaximum === undefined ? '' : `< ${exclusiveMaximum}`) : `<= ${maximum}`;
  return [type, [low, high].filter(Boolean).join(', ')].filter(Boolean).join(' ');
}

function rowsOf(path: string, node: SchemaNode): string[] {
  if (node.properties)
    return Object.entries(node.properties).flatMap(([key, child]) =>
      rowsOf(path === '' ? key : `${path}.${key}`, child),
    );
  const initial = node.default === undefined ? '' : `\`${JSON.stringify(node.default)}\``;
  return [`| \`${path}\` | ${bound(node)} | ${initial} | ${node.description ?? ''} |`];
}

/** The text of docs/config.md: every key of the configuration with its bounds and default, written from the schema. */
export function configDocument(): string {
  const schema = z.toJSONSchema(configSchema, { io: 'input' }) as SchemaNode;
  return [
    '# Configuration',
    '',
    'One configuration for training, indexing and searching: the defaults below, then `--preset NAME`, then `--config FILE` (JSON), then each',
    '`--set dotted.key=value`. An unknown key is refused. The configuration is saved whole in `model.json` and in the manifest of an index.',
    '',
    'This page is written from `src/config`; `test/config/document.test.ts` keeps the two equal (`UPDATE_DOCS=1 npx vitest run test/config`).',
    '',
    '| key | value | default | meaning |',
    '| --- | --- | --- | --- |',
    ...rowsOf('', schema),
    '',
  ].join('\n');
}

/** The text of docs/project.md: what `tandem init` does, and every key of tandem.json, written from the schema. */
export function projectDocument(): string {
  const schema = z.toJSONSchema(projectSchema, { io: 'input' }) as SchemaNode;
  return [
    '# tandem.json',
    '',
    '```',
    'tandem init shop.csv',
    '```',
    '',
    'looks at what you have and writes `tandem.json`, which says once for all commands what is read from where. Then',
    '',
    '```',
    'tandem prepare && tandem train && tandem index && tandem serve',
    '```',
    '',
    'need no further flags. In place of a file you may name a folder: every CSV, TSV, JSONL, JSON, XML and Parquet file below it, gzipped or not,',
    'is gone through, and `init` proposes which one holds documents, pairs of query and document, a log of events, queries and judgements,',
    'and which column holds the id, the title, the description, the price, pictures, the country and the language. Names of columns are hints,',
    'in some twenty languages; what the values are like decides. It shows why, ten documents as they would be read, counts, and a list of what',
    'to look at, each entry with the key or flag that changes it. Nothing but `tandem.json` is written, and one that is there is replaced only',
    'with `--force`. `--out FILE` writes another file, `--json` prints the same for machines.',
    '',
    '## Which command reads it',
    '',
    'Every command that has `--project FILE`. Without that flag the `tandem.json` of the current folder is read where the command needs more than',
    'was typed, and one line on stderr says so; a command line that says everything is never touched by it. Flags win over the file, key by key.',
    'A file given with `--documents`, `--pairs` or `--events` is read as the project says where the project names it, and else as it stands.',
    'Paths in it are relative to its folder.',
    '',
    '| command | reads | writes |',
    '| --- | --- | --- |',
    '| `prepare` | `documents`, `pairs` or `events`, `queries` and `qrels` | `out/data` |',
    '| `train` | `out/data`, `preset`, `config` | `out/model` |',
    '| `index` | `out/data` where it is prepared, else `documents`; `out/model` where it is trained; `config` | `out/index` |',
    '| `embed documents` | the same documents, `out/model` | what `--out` says |',
    '| `evaluate` | `out/index`, the queries that `prepare` held out for the test | `out/report.html` |',
    '| `inspect` | `out/model`, `out/data` | `out/inspection.html` |',
    '| `search`, `suggest`, `explain`, `run`, `serve` | `out/index` | |',
    '',
    '## Without a project',
    '',
    '`--map COLUMN=FIELD,...` says in one line which columns hold the fields, on `prepare`, `index` and `embed`:',
    '',
    '```',
    'tandem index --documents shop.csv --map sku=id,name=title,long_description=description --out out/index',
    '```',
    '',
    'On `prepare` it names columns of pairs and events too: `--map search_term=query,item=documentId`.',
    '',
    '## Prices',
    '',
    '`19,90`, `€19.90`, `1.234,56 €`, `$1,299.00`, `19.90 EUR`, `CHF 12.-`, `{"EUR": 10}`, `{"amount": "10.00", "currency": "EUR"}` are read as numbers; the',
    'currency is kept as the attribute `currency`, of a range (`$5 - $9`) the lower end counts, and `n/a` or `on request` is no price. A price that can be read',
    'two ways (`1,234`) is decided by all prices of its file: by the mark that most of them show before their fraction, else as thousands; the rule that was',
    'taken is told. Whether prices stand in cents cannot be known: `documents.price.divideBy` says it. What is no price at all is told with its row.',
    '',
    '## Keys',
    '',
    'An unknown key is refused. This table is written from `src/config/project.ts`; `test/config/document.test.ts` keeps the two equal',
    '(`UPDATE_DOCS=1 npx vitest run test/config`).',
    '',
    '| key | value | default | meaning |',
    '| --- | --- | --- | --- |',
    ...rowsOf('', schema),
    '',
  ].join('\n');
}
