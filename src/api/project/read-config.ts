import { z } from 'zod';
import { type PresetName, presetNames, presets } from '../../config/presets.js';
import type { Project } from '../../config/project.js';
import { type Config, configSchema } from '../../config/schema.js';
import { isTree, merge, type Tree } from '../../config/tree.js';
import { didYouMean } from '../../errors/nearest.js';
import { TandemError } from '../../errors/tandem-error.js';
import { readText } from '../../files/read-text.js';

/** The flags that train, index and demo share. */
export interface ConfigFlags {
  /** path of a JSON file */
  readonly config?: string;
  readonly preset?: string;
  /** `dotted.key=JSON value`, later ones win */
  readonly set?: readonly string[];
}

/** What a project says of the configuration; flags win. */
export type ConfiguredProject = Pick<Project, 'preset' | 'config'>;

/**
 * The configuration of a run: schema defaults, then the preset, then the project, then the file, then every --set; objects are merged, lists replaced.
 * @throws TandemError 'config/unknown-key' | 'config/bad-value' | 'data/not-found'
 */
export async function readConfig(flags: ConfigFlags, project?: ConfiguredProject): Promise<Config> {
  return layConfig(flags, flags.config === undefined ? {} : await readConfigFile(flags.config), project);
}

/** The same with the content of the file in hand. */
export function layConfig(
  { preset, set }: Omit<ConfigFlags, 'config'>,
  file: Tree,
  project?: ConfiguredProject,
): Config {
  const layers = [
    presetOf(preset ?? project?.preset ?? 'default'),
    project?.config ?? {},
    file,
    ...(set ?? []).map(readAssignment),
  ];
  return parseConfig(layers.reduce<Tree>(merge, {}));
}

/**
 * Checks a configuration and fills in the defaults.
 * @throws TandemError 'config/unknown-key' | 'config/bad-value', naming the key
 */
export function parseConfig(raw: unknown): Config {
  const result = configSchema.safeParse(raw);
  if (result.success) return result.data;
  throw asConfigError(result.error.issues[0]);
}

function presetOf(name: string): Tree {
  if ((presetNames as readonly string[]).includes(name)) return presets[name as PresetName];
  const message = `no preset "${name}"${didYouMean(name, presetNames)}; there are ${presetNames.join(', ')}`;
  throw new TandemError('config/bad-value', message, { preset: name });
}

/** @throws TandemError 'data/not-found' | 'config/bad-value' when it does not hold one JSON object */
export async function readConfigFile(path: string): Promise<Tree> {
  const text = await readText(path);
  try {
    const value: unknown = JSON.parse(text);
    if (isTree(value)) return value;
  } catch (error) {
    throw new TandemError('config/bad-value', `${path}: not JSON (${(error as Error).message})`, { path });
  }
  throw new TandemError('config/bad-value', `${path}: expected one JSON object`, { path });
}

/** `a.b=1` -> { a: { b: 1 } }. A value that is not JSON is taken as text, so that `towers.fusion=concat` needs no quotes. */
function readAssignment(assignment: string): Tree {
  const equals = assignment.indexOf('=');
  if (equals < 1) {
    throw new TandemError('config/bad-value', `--set ${assignment}: expected key=value`, { assignment });
  }
  const path = assignment.slice(0, equals).split('.');
  // fromEntries defines own properties: a key such as __proto__ stays data and is refused as unknown
  const nested = path.reduceRight<unknown>(
    (value, key) => Object.fromEntries([[key, value]]),
    parseLoosely(assignment.slice(equals + 1)),
  );
  return nested as Tree;
}

function parseLoosely(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function asConfigError(issue: z.core.$ZodIssue): TandemError {
  const path = issue.path.map(String);
  if (issue.code !== 'unrecognized_keys') {
    const name = path.join('.') || 'config';
    return new TandemError('config/bad-value', `${name}: ${issue.message}`, { key: name });
  }
  const [key] = issue.keys;
  const name = [...path, key].join('.');
  const known = knownKeys(path);
  const guess = didYouMean(key, known) || elsewhere(key) || (known.length > 0 ? `; there are: ${known.join(' ')}` : '');
  return new TandemError('config/unknown-key', `unknown key "${name}"${guess}`, { key: name });
}

type SchemaNode = { properties?: Record<string, SchemaNode>; items?: SchemaNode };
const schemaTree = (): SchemaNode => z.toJSONSchema(configSchema, { io: 'input' }) as SchemaNode;

/** The keys that the schema knows at a path, read from its JSON Schema. */
function knownKeys(path: readonly string[]): string[] {
  let node: SchemaNode | undefined = schemaTree();
  for (const key of path) node = node?.properties?.[key] ?? node?.items;
  return Object.keys(node?.properties ?? {});
}

/** ` (there is training.stages[].epochs)`: where a key of that name stands, or nothing. */
function elsewhere(key: string): string {
  const found: string[] = [];
  const walk = (node: SchemaNode, path: string): void => {
    for (const [name, below] of Object.entries(node.properties ?? {})) {
      const here = path === '' ? name : `${path}.${name}`;
      if (name === key) found.push(here);
      walk(below, here);
    }
    if (node.items !== undefined) walk(node.items, `${path}[]`);
  };
  walk(schemaTree(), '');
  return found.length === 0 ? '' : ` (there is ${found.join(', ')})`;
}
