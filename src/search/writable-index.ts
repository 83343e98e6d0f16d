import type { DocumentRow } from '../config/rows.js';
import { checkRules, type Rule, type RuleInput } from '../curation/rule.js';
import { asTandemError, TandemError } from '../errors/tandem-error.js';
import type { SegmentLimits } from '../lexical/segment-list.js';
import type { Filter } from '../query/filter.js';
import type { OpenPairScorer } from '../ranking/learned/deep-ranker.js';
import { checkDictionary, type DictionaryWord } from '../text/dictionary.js';
import { checkedSynonyms } from '../text/synonyms.js';
import type {
  ChangeWriter,
  Deletion,
  DeletionOptions,
  DictionaryChange,
  DocumentEmbedder,
  GenerationInfo,
  IndexWriter,
  QueryEmbedder,
  TextEmbedder,
} from './backend.js';
import { startBackgroundSave } from './background-save.js';
import { changeDictionary } from './change-dictionary.js';
import { checkDocument, checkId, checkPatch } from './check-document.js';
import { matchingIds, tooMany, usuallyDeletable } from './delete-matching.js';
import { dropFrom } from './drop-generation.js';
import type { EmbeddedIndex } from './embedded-backend.js';
import { forwardIndex, withMembers } from './forward-index.js';
import { generationInfos } from './generation-infos.js';
import { keepGenerations } from './keep-generations.js';
import type { Manifest } from './manifest.js';
import { type DocumentChange, resolvePatches, type WholeChange } from './patch-documents.js';
import { applyChanges, embedChanges, keepEmbedding, type PreparedChange, withoutForeign } from './prepared-changes.js';
import { saveRevision } from './save-revision.js';
import { switchGeneration } from './switch-generation.js';
import { createTenure } from './tenure.js';
import { inTurns } from './turns.js';
import { writeLimits } from './write-limits.js';
import { createWriteQueue } from './write-queue.js';
import {
  closeWritten,
  embedderOf,
  heldEmbedder,
  keepVectorsInShape,
  type OpenWritingModel,
  openWritten,
  type Written,
} from './written-parts.js';

/** A change that was made, by the number of its commit, or why it was not. */
type Outcome = number | TandemError;

export interface WritableIndex extends EmbeddedIndex, IndexWriter {
  write(changes: readonly DocumentChange[]): Promise<number>;
  put(documents: readonly DocumentRow[]): Promise<number>;
  /** Unknown ids are passed over. */
  delete(ids: readonly string[]): Promise<number>;
  /** Saves the derived parts now, so that the next opening has nothing to replay. @throws TandemError 'files/*' | 'index/replaced' | 'index/claim-lost' */
  save(): Promise<void>;
  /** the model of the active generation; absent where it has none, or none was given */
  readonly embedder: TextEmbedder | undefined;
  /**
   * Makes another generation the active one, for searches that begin and writes that are acknowledged from then on; see switchGeneration.
   * @throws as switchGeneration
   */
  switchTo(generation: number): Promise<Manifest>;
  generations(): Promise<readonly GenerationInfo[]>;
  /** Takes a generation away. @throws TandemError 'generation/unknown' | 'generation/active' | 'generation/busy' | 'files/*' */
  drop(generation: number): Promise<void>;
}

export interface WriteOptions {
  /** both sides of the model that the index was made with; needed where it was made with one */
  readonly embedder?: QueryEmbedder & DocumentEmbedder;
  /** opens the model of a generation, in place of `embedder`; without it there is no other generation to switch to */
  readonly openModel?: OpenWritingModel;
  /** runs the network of a ranker that has one */
  readonly openScorer?: OpenPairScorer;
  /** between two saves of the derived parts, milliseconds */
  readonly saveEveryMs?: number;
  /** when token segments are cut; those of every index when absent */
  readonly segmentLimits?: SegmentLimits;
  /** told of a save in the background that failed; nothing is lost by it */
  readonly onSaveFailure?: (error: TandemError) => void;
  /** told, each time that the status is asked for, why nothing can be written at present */
  readonly onFault?: (error: TandemError) => void;
}

const defaultSaveEveryMs = 30_000;

function checkChange(change: DocumentChange): DocumentChange {
  if ('put' in change) return { put: checkDocument(change.put) };
  return 'patch' in change ? { patch: checkPatch(change.patch) } : { delete: checkId(change.delete) };
}

/** Of several changes the one that is wrong is named, from 1. */
export const checkChanges = (changes: readonly DocumentChange[]): DocumentChange[] =>
  changes.map((change, i) => {
    try {
      return checkChange(change);
    } catch (error) {
      if (changes.length === 1 || !(error instanceof TandemError)) throw error;
      throw new TandemError(error.code, `change ${i + 1}: ${error.message}`, { ...error.details, change: i + 1 });
    }
  });

/**
 * Opens an index for searching and writing. One process at a time writes to an index; others may read it meanwhile.
 * @throws TandemError 'index/locked', and as openIndex
 */
export async function openWritableIndex(folder: string, options: WriteOptions = {}): Promise<WritableIndex> {
  const { embedder, openScorer } = options;
  const openModel = options.openModel ?? (async () => ({ embedder, close: async () => undefined }));
  const first = await openWritten(folder, { ...options, openModel });
  // the store and the tokens are the same for all generations
  const { store: root, tokens } = first.parts;
  const tenure = createTenure(first, closeWritten);
  let { manifest } = first.parts;
  let applied = first.parts.sequence;
  let saved = manifest.store.sequence;
  let broken: unknown;

  /**
   * Changes the store, and tokens and vectors with it. Where this fails when the store, which nothing else changes, has the change already,
   * they lack it: only opening again brings them together.
   */
  async function change<T>(work: () => Promise<T>): Promise<T> {
    if (broken !== undefined) throw broken;
    try {
      return await work();
    } catch (error) {
      if (root.sequence() !== applied) broken = error;
      throw error;
    }
  }

  const embed = (changes: readonly PreparedChange[]): Promise<readonly PreparedChange[]> => {
    const { current } = tenure;
    return embedChanges(changes, current.parts.store.generation, embedderOf(current));
  };

  /** @param prepared  perhaps for a generation that is no longer the active one */
  const commit = (prepared: readonly PreparedChange[]): Promise<number> =>
    change(async () => {
      const { parts, live } = tenure.current;
      const changes = await embed(prepared.map(each => withoutForeign(each, parts.store.generation)));
      const sequence = await parts.store.write(changes);
      await inTurns(applyChanges(changes, parts));
      applied = sequence;
      if (live !== null) keepVectorsInShape(live, parts);
      return sequence;
    });

  const setDictionary = (words: readonly DictionaryWord[]): Promise<DictionaryChange> =>
    change(async () => {
      const { store } = tenure.current.parts;
      const { sequence, documents } = await changeDictionary(store, tokens, manifest.indexing, words);
      applied = sequence;
      return { receipt: sequence, documents };
    });

  const setSynonyms = (rules: readonly string[]): Promise<number> =>
    change(async () => {
      const sequence = await tenure.current.parts.store.setSetting('synonyms', rules);
      tokens.chains.setSynonyms(rules);
      applied = sequence;
      return sequence;
    });

  const setRules = (rules: readonly Rule[]): Promise<number> =>
    change(async () => {
      const { parts, index } = tenure.current;
      const sequence = await parts.store.setSetting('rules', rules);
      applied = sequence;
      await index.refreshRules();
      return sequence;
    });

  /** What saving would do in one go, in turns with searches. */
  const flushTokens = (): Promise<void> => inTurns(tokens.flushing());

  async function save(): Promise<void> {
    if (broken !== undefined) return;
    const { parts, live } = tenure.current;
    while (live?.busy) await live.settled();
    await root.checkClaim();
    await queue.alone(flushTokens, 0);
    const sequence = applied;
    manifest = await saveRevision(folder, manifest, parts.store, { tokens, vectors: live, sequence });
    saved = sequence;
  }

  const queue = createWriteQueue<WholeChange>({ prepare: embed, commit });
  const background = startBackgroundSave({
    everyMs: options.saveEveryMs ?? defaultSaveEveryMs,
    pending: () => applied > saved,
    save: async () => {
      await save();
      if (options.openModel !== undefined) await keepGenerations(folder, root, options.openModel);
    },
    onFailure: options.onSaveFailure ?? (() => undefined),
  });
  const switchTo = (generation: number): Promise<Manifest> =>
    background.alone(async () => {
      if (broken !== undefined) throw broken;
      if (generation === manifest.generation) return manifest;
      const take = (next: Written): void => {
        manifest = next.parts.manifest;
        saved = manifest.store.sequence;
        void tenure.replace(next);
      };
      const alone = <T>(work: () => Promise<T>): Promise<T> => queue.alone(() => change(work));
      return switchGeneration(folder, generation, tenure.current, {
        ...{ openModel, openScorer, alone, take },
        applied: () => applied,
      });
    });
  /**
   * Makes changes some of which are patches, in their turn: what a patch is merged into is what all writes before it have left, and nothing comes
   * between its reading and its commit. @param inPart  leave out what cannot be made, in place of refusing all
   * @param within  the documents that the changes may see and make
   */
  const patch = (changes: readonly DocumentChange[], inPart: boolean, within?: Filter): Promise<readonly Outcome[]> =>
    queue.alone(async () => {
      const { parts, ...active } = tenure.current;
      const embedder = embedderOf({ parts, ...active });
      const resolved = resolvePatches(changes, parts.store.get, within && writeLimits(tokens, within));
      const whole = resolved.filter(
        (change): change is WholeChange => change !== undefined && !(change instanceof TandemError),
      );
      const refused = resolved.find(change => change instanceof TandemError);
      if (refused !== undefined && !inPart) throw refused;
      const changed = new Set<string>();
      const kept = whole.map(change => {
        const id = 'delete' in change ? change.delete : change.put.id;
        // what a later change of an id follows on the store does not have yet
        const isFirst = !changed.has(id);
        changed.add(id);
        return isFirst && embedder !== undefined ? keepEmbedding(change, parts.store, embedder) : change;
      });
      const sequence = whole.length === 0 ? applied : await commit(await embed(kept));
      return resolved.map(change => (change instanceof TandemError ? change : sequence));
    }, changes.length);
  const isWhole = (change: DocumentChange): change is WholeChange => !('patch' in change);
  const write = async (changes: readonly DocumentChange[], within?: Filter): Promise<number> => {
    const checked = checkChanges(changes);
    if (checked.length === 0) return applied;
    if (within === undefined && checked.every(isWhole)) return queue.write(checked);
    const [sequence] = await patch(checked, false, within);
    if (sequence instanceof TandemError) throw sequence;
    return sequence;
  };
  const writeEach = async (changes: readonly DocumentChange[], within?: Filter): Promise<readonly Outcome[]> => {
    const checked = checkChanges(changes);
    if (within !== undefined || !checked.every(isWhole)) return patch(checked, true, within);
    const sequence = checked.length === 0 ? applied : await queue.write(checked);
    return checked.map(() => sequence);
  };
  const deleteMatching = (
    filter: Filter,
    { most = usuallyDeletable, dryRun = false }: DeletionOptions = {},
  ): Promise<Deletion> =>
    queue.alone(async () => {
      const ids = await matchingIds(tokens, filter, most);
      const matched = ids.length;
      if (dryRun) return { matched, deleted: 0 };
      if (matched > most) throw tooMany(matched, most);
      const receipt = matched === 0 ? applied : await commit(ids.map(id => ({ delete: id })));
      return { matched, deleted: matched, receipt };
    });
  /** Why nothing can be written at present; searches are answered all the same. */
  const fault = async (): Promise<TandemError | undefined> =>
    broken === undefined ? root.checkClaim().then(() => undefined, asTandemError) : asTandemError(broken);
  const using: Parameters<typeof forwardIndex>[1] = ask => tenure.using(({ index }) => ask(index));
  return withMembers(
    forwardIndex(() => tenure.current.index, using),
    {
      write: (changes: readonly DocumentChange[]) => write(changes),
      writeEach: (changes: readonly DocumentChange[]) => writeEach(changes),
      filteredWriter: (filter: Filter): ChangeWriter => ({
        write: changes => write(changes, filter),
        writeEach: changes => writeEach(changes, filter),
        // one without a clause is refused as ever
        deleteMatching: (asked, options) => deleteMatching(asked.length === 0 ? [] : [...filter, ...asked], options),
      }),
      put: (documents: readonly DocumentRow[]) => write(documents.map(document => ({ put: document }))),
      delete: (ids: readonly string[]) => write(ids.map(id => ({ delete: id }))),
      deleteMatching,
      setSynonyms: async (rules: readonly string[]) => {
        const checked = checkedSynonyms(rules);
        return queue.alone(() => setSynonyms(checked));
      },
      setRules: async (rules: readonly RuleInput[]) => {
        const checked = checkRules(rules);
        return queue.alone(() => setRules(checked));
      },
      setDictionary: async (words: readonly DictionaryWord[]) => {
        const checked = checkDictionary(words);
        return queue.alone(() => setDictionary(checked));
      },
      save: () => background.now(),
      switchTo,
      generations: () => generationInfos(folder, root),
      drop: async (generation: number) => {
        const release = await root.generations.claim(generation);
        await dropFrom(folder, root, generation).finally(release);
      },
      get embedder() {
        return heldEmbedder(tenure);
      },
      figures: () => ({
        ...tenure.current.index.figures(),
        ...{ commit: applied, behind: root.sequence() - applied, unsaved: applied - saved },
      }),
      status: async () => {
        const found = await fault();
        if (found !== undefined) options.onFault?.(found);
        return { ...(await using(each => each.status())), fault: found };
      },
      close: async () => {
        await queue.idle();
        await background.stop();
        try {
          // the store has everything: what is not saved, here or because the folder is gone, is replayed
          if (applied > saved && (await fault()) === undefined) await save();
        } finally {
          await tenure.end();
          await root.close();
        }
      },
    },
  );
}
