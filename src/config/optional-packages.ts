import { createRequire } from 'node:module';
import { join } from 'node:path';
import { asTandemError, TandemError } from '../errors/tandem-error.js';

/** Packages that not everybody needs, and what needs each. README.md lists them for people. */
export const optionalPackages = {
  '@tensorflow/tfjs': 'training',
  '@duckdb/node-api': 'Parquet and event logs',
  'hnswlib-node': 'a graph of vectors that an earlier version saved',
  'tandem-search-demo-data': 'the demo',
  '@opensearch-project/opensearch': 'an index of a cluster',
  bullmq: 'work that is handed out through Redis',
  ioredis: 'Redis',
  '@aws-sdk/client-s3': 'a store of objects (s3://)',
} as const;

export type OptionalPackage = keyof typeof optionalPackages;

function unavailable(name: OptionalPackage, how: string, command: string, cause?: unknown): TandemError {
  const message = `${optionalPackages[name]} needs the package ${name}, which ${how}: \`npm ${command} ${name}\``;
  return new TandemError('package/unavailable', message, { package: name }, { cause });
}

const notInstalled = (name: OptionalPackage): TandemError => unavailable(name, 'is not installed', 'install');

/** Beside Tandem, and in the folder where the process runs: there `npm install` puts what is missing of a Tandem that npx or -g brought. */
const places = (): readonly string[] => [import.meta.url, join(process.cwd(), 'package.json')];

/** @returns path of a module, or of a file in a package; undefined where the package is not installed */
function locate(module: string): string | undefined {
  for (const place of places()) {
    try {
      return createRequire(place).resolve(module);
    } catch {
      // the next place may have it
    }
  }
  return undefined;
}

/**
 * Loads a package that may not be installed, all of which are CommonJS.
 * @throws TandemError 'package/unavailable' where it is not installed, or cannot be loaded here
 */
export function requirePackage<T>(name: OptionalPackage): T {
  const path = locate(name);
  if (path === undefined) throw notInstalled(name);
  try {
    const loaded: T = createRequire(path)(path);
    return loaded;
  } catch (error) {
    const reason = error instanceof Error ? error.message.split('\n')[0] : String(error);
    throw unavailable(name, `cannot be loaded (${reason})`, 'rebuild', error);
  }
}

/**
 * Finds modules and files as a package that may not be installed finds them: so its dependencies are found wherever they were put.
 * @throws TandemError 'package/unavailable' where it is not installed
 */
export function requireFrom(name: OptionalPackage): NodeJS.Require {
  const path = locate(`${name}/package.json`);
  if (path === undefined) throw notInstalled(name);
  return createRequire(path);
}

/** Why a package cannot be used here; undefined where it is installed and loads. */
export function faultOfPackage(name: OptionalPackage): TandemError | undefined {
  try {
    requirePackage(name);
    return undefined;
  } catch (error) {
    return asTandemError(error);
  }
}
