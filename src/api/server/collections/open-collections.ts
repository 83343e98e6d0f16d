import { lstat, rename, rm, symlink, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import type { Logger } from 'pino';
import type { Collection, Collections } from '../../../../serving/collections/create-collections-app.js';
import type { App } from '../../../../serving/parts.js';
import type { Readiness } from '../../../../serving/routes/health.js';
import { asTandemError, TandemError } from '../../../errors/tandem-error.js';
import { asWriteError, syncFolder } from '../../../files/atomic.js';
import { lookAtRoot, type Root } from './look-at-root.js';

/** An index that is open, with the app that answers for it. */
export interface OpenCollection {
  readonly app: App;
  ready(): Promise<Readiness>;
  /** closes the index; the app is closed before */
  close(): Promise<void>;
}

export interface OpenCollections extends Collections {
  /** Looks at the folder again, and opens and closes what has come and gone. */
  look(): Promise<void>;
  /** the same twice is the same as once */
  close(): Promise<void>;
}

/** Between two looks at the folder. */
const lookEveryMs = 1_000;
/** Looks that a folder must be gone for: one that is swapped for another is gone for a moment. */
const looksGone = 2;
/** Looks between two tries to open what could not be opened. */
const looksBetweenTries = 10;

interface Held extends Omit<Collection, 'ready'> {
  readonly open?: OpenCollection;
  gone: number;
  waits: number;
}

/**
 * The collections below a folder, kept as the folder is: looked at once a second.
 * @param open  opens an index, by its folder and its name
 * @throws TandemError 'data/not-found' where there is no folder
 */
export async function openCollections(
  root: string,
  open: (folder: string, name: string) => Promise<OpenCollection>,
  logger: Logger,
): Promise<OpenCollections> {
  const held = new Map<string, Held>();
  let aliases: ReadonlyMap<string, string> = new Map();
  let closing = false;
  let looking: Promise<void> = Promise.resolve();
  let failed: string | undefined;

  async function take(name: string, fault: TandemError | undefined): Promise<void> {
    const before = held.get(name);
    if (before !== undefined) before.gone = 0;
    if (before?.open !== undefined) return;
    if (before !== undefined && before.waits-- > 0) return;
    if (before === undefined) held.set(name, { name, gone: 0, waits: 0 });
    try {
      if (fault !== undefined) throw fault;
      const opened = await open(join(root, name), name);
      held.set(name, { name, app: opened.app, open: opened, gone: 0, waits: 0 });
      logger.info({ collection: name }, 'a collection is open');
    } catch (error) {
      const told = asTandemError(error);
      if (before?.fault?.message !== told.message) logger.error(told, `collection ${name} cannot be opened`);
      held.set(name, { name, fault: told, gone: 0, waits: looksBetweenTries });
    }
  }

  async function drop(collection: Held): Promise<void> {
    held.delete(collection.name);
    await collection.app?.close();
    await collection.open?.close();
    logger.info({ collection: collection.name }, 'a collection is gone');
  }

  async function lookOnce(): Promise<void> {
    if (closing) return;
    const open = [...held.values()].filter(each => each.open !== undefined).map(({ name }) => name);
    const found: Root = await lookAtRoot(root, new Set(open));
    aliases = found.aliases;
    for (const [name, fault] of found.indexes) if (!closing) await take(name, fault);
    for (const each of [...held.values()])
      if (!found.indexes.has(each.name) && ++each.gone >= looksGone) await drop(each);
  }

  const look = (): Promise<void> => {
    looking = looking.catch(() => undefined).then(lookOnce);
    return looking;
  };
  /** Several at once would be in each other's way. */
  let setting: Promise<void> = Promise.resolve();
  async function setAlias(alias: string, collection: string): Promise<void> {
    if (!held.has(collection)) throw new TandemError('collection/unknown', `${collection}: no such collection`);
    if (held.has(alias)) throw new TandemError('collection/name-taken', `${alias}: is a collection`);
    const path = join(root, alias);
    const temporary = join(root, `.${alias}.${process.pid}.alias`);
    const there = await lstat(path).catch(() => undefined);
    if (there !== undefined && !there.isSymbolicLink())
      throw new TandemError('collection/name-taken', `${alias}: there is something else of this name`);
    try {
      await rm(temporary, { force: true });
      // a link that is renamed takes the place of another at once
      await symlink(collection, temporary, 'junction');
      await rename(temporary, path);
      await syncFolder(root);
    } catch (error) {
      await rm(temporary, { force: true });
      throw asWriteError(path, error);
    }
  }

  await look();
  const timer = setInterval(() => {
    look().then(
      () => {
        failed = undefined;
      },
      (error: unknown) => {
        const { message } = asTandemError(error);
        if (message !== failed) logger.error({ reason: message }, 'the folder of the collections cannot be read');
        failed = message;
      },
    );
  }, lookEveryMs).unref();

  let closed: Promise<void> | undefined;
  async function closeAll(): Promise<void> {
    closing = true;
    clearInterval(timer);
    await looking.catch(() => undefined);
    for (const each of held.values()) await each.open?.close();
  }

  return {
    list: () =>
      [...held.values()]
        .sort((a, b) => (a.name < b.name ? -1 : 1))
        .map(({ open: opened, name, app, fault }) => ({
          name,
          app,
          fault,
          ready: async () => {
            if (opened === undefined) throw new TandemError('server/not-ready', `${name}: the index is not open`);
            return opened.ready();
          },
        })),
    aliases: () => aliases,
    setAlias: async (alias, collection) => {
      const set = setting.catch(() => undefined).then(() => setAlias(alias, collection));
      setting = set;
      await set;
      await look();
    },
    dropAlias: async alias => {
      if (!aliases.has(alias)) return false;
      await unlink(join(root, alias)).catch((error: unknown) => {
        throw asWriteError(join(root, alias), error);
      });
      await look();
      return true;
    },
    look,
    close: () => {
      closed ??= closeAll();
      return closed;
    },
  };
}
