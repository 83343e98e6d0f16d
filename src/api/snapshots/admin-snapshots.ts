import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { KnownSnapshot, SnapshotAdmin, SnapshotTaking } from '../../../serving/parts.js';
import { asTandemError, TandemError } from '../../errors/tandem-error.js';
import { asWriteError } from '../../files/atomic.js';
import { isThere } from '../../files/is-there.js';
import { readSnapshot } from '../../search/snapshot.js';
import { programOfCommands } from '../steps/program.js';
import { runStep } from '../steps/run-step.js';
import { watchOf } from '../watch.js';

/**
 * Takes snapshots of an index that is served, into folders of their names, each by a command in a process of its own, so that the service answers as before.
 * @param place   folder that holds them
 * @param signal  ends the command with the service
 */
export function snapshotAdmin(index: string, place: string, signal: AbortSignal): SnapshotAdmin {
  let taking: SnapshotTaking | undefined;

  async function take(name: string): Promise<SnapshotTaking> {
    if (taking?.state === 'running')
      throw new TandemError('snapshot/busy', `the snapshot "${taking.name}" is being taken`, { name: taking.name });
    const begun: SnapshotTaking = { name, state: 'running', text: 'copying the index' };
    const before = taking;
    taking = begun;
    try {
      if (await isThere(join(place, name)))
        throw new TandemError('snapshot/exists', `there is a snapshot "${name}" already`, { name });
      await mkdir(place, { recursive: true }).catch((error: unknown) => {
        throw asWriteError(place, error);
      });
    } catch (error) {
      taking = before;
      throw error;
    }
    runStep(programOfCommands, ['snapshot', '--index', index, '--out', join(place, name)], watchOf({ signal })).then(
      ({ sequence }) => {
        taking = { name, state: 'done', text: `the index after commit ${sequence}` };
      },
      (error: unknown) => {
        const { code, remedy } = asTandemError(error);
        // where the files lie is for the log of the machine
        taking = { name, state: 'failed', text: `${code}. ${remedy}` };
      },
    );
    return begun;
  }

  async function list(): Promise<readonly KnownSnapshot[]> {
    const names = await readdir(place).catch(() => []);
    const found = await Promise.all(
      names.map(async (name): Promise<KnownSnapshot[]> => {
        const snapshot = await readSnapshot(join(place, name)).catch(() => undefined);
        if (snapshot === undefined) return [];
        const bytes = Object.values(snapshot.files).reduce((sum, file) => sum + file.bytes, 0);
        return [{ name, created: snapshot.created, sequence: snapshot.sequence, bytes }];
      }),
    );
    return found.flat().sort((a, b) => (a.created < b.created ? 1 : -1));
  }

  return { takeSnapshot: take, listSnapshots: list, snapshotTaking: async () => taking };
}
