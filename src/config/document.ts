import { z } from 'zod';
import { configSchema } from './schema.js';

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
