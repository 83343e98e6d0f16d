import { availableParallelism } from 'node:os';
import { setImmediate } from 'node:timers/promises';
import type { DocumentRow } from '../config/rows.js';
import type { IndexFields } from './index-fields.js';
import { createSegmentCrew, type SegmentCrew, type SegmentInWork } from './segment-crew.js';
import type { SegmentList } from './segment-list.js';
import { createSegmentMaker, type MakerOptions, type SegmentMaker, type SegmentPart } from './segment-maker.js';

/**
 * Fills an index with many documents, by several threads where there are processors for them and enough documents to be worth it. What comes of it is what
 * adding one document after the other gives: of one id the last one stays.
 */
export interface IndexFiller {
  /**
   * Takes documents in. Searches find them by and by, in their order; nothing else may be written to the index until `done`.
   * @throws TandemError 'text/bad-language'
   */
  add(documents: readonly DocumentRow[]): Promise<void>;
  /** Waits until all of them are there. */
  done(): Promise<void>;
  /** Ends the threads; what they have not finished is not there. */
  close(): void;
}

export interface FillOptions {
  /** at most; as many as there are processors, up to `mostThreads`, when absent: below 2 there are none */
  readonly threads?: number;
  /** UTF-16 units of documents, as JSON, that are kept before threads are started: where no more come they are taken in by this one */
  readonly alone?: number;
  /** units of the documents of a segment; of the first one of each thread half as many, so that all soon have work */
  readonly segmentUnits?: number;
  /** what makes the segments, in place of threads */
  readonly crew?: (maker: MakerOptions) => SegmentCrew;
}

/** The index that is filled. */
export interface FilledIndex {
  readonly list: SegmentList;
  readonly fields: IndexFields;
  readonly maker: () => MakerOptions;
  add(document: DocumentRow): void;
  /** Looks at a document that is to come with a segment. @throws TandemError 'text/bad-language' */
  note(document: DocumentRow): void;
}

/** More are no gain: one thread has to read and store the documents that they are given. */
const mostThreads = 4;
/**
 * Some 90,000 titles. A thread takes .2 s to start and costs a second of processors until it is as quick as one that has been running: this one makes no
 * segment beside others.
 */
const usualAlone = 2 ** 23;
/** Some 90,000 titles: larger ones take more memory, and of smaller ones more have to be merged. */
const usualSegmentUnits = 2 ** 23;

/** A segment on its way. */
interface ComingSegment {
  readonly work: SegmentInWork;
  /** kept until it is there: where the thread dies it is made here */
  readonly parts: SegmentPart[];
  /** ids that documents before it may have too */
  readonly replaced: Set<string>;
  units: number;
}

export function createFiller(index: FilledIndex, options: FillOptions = {}): IndexFiller {
  const { threads = Math.min(availableParallelism(), mostThreads), alone = usualAlone } = options;
  const { segmentUnits = usualSegmentUnits, crew: crewOf = maker => createSegmentCrew(threads, maker) } = options;
  const { list, fields } = index;
  let crew: SegmentCrew | undefined;
  let coming: ComingSegment | undefined;
  let begun = 0;
  /** batches that came before there were threads */
  let kept: (readonly DocumentRow[])[] = [];
  let keptUnits = 0;
  /** the segments that were begun, taken in one after the other */
  let takenIn: Promise<void> = Promise.resolve();
  let failure: { readonly reason: unknown } | undefined;
  let maker: SegmentMaker | undefined;

  const madeHere = (parts: readonly SegmentPart[], reason: unknown): Uint8Array | undefined => {
    if (maker === undefined)
      process.emitWarning(`documents are taken in by one thread, for another one has failed: ${String(reason)}`);
    maker ??= createSegmentMaker(index.maker());
    for (const part of parts) maker.add(part);
    return maker.take();
  };
  const end = ({ work, parts, replaced }: ComingSegment): void => {
    const made = work.take().catch((reason: unknown) => madeHere(parts, reason));
    made.catch(() => undefined);
    takenIn = takenIn.then(async () => {
      const file = await made;
      if (file !== undefined) list.takeIn(file, replaced);
    });
    takenIn.catch((reason: unknown) => {
      failure ??= { reason };
    });
    coming = undefined;
  };
  const handOut = async (documents: readonly DocumentRow[], json: string): Promise<void> => {
    crew ??= crewOf(index.maker());
    if (coming === undefined) {
      coming = { work: await crew.begin(), parts: [], replaced: new Set(), units: 0 };
      begun++;
    }
    for (const { id } of documents) if (list.expect(id)) coming.replaced.add(id);
    const part = { documents: json, weighted: [...fields.weighted] };
    coming.work.add(part);
    coming.parts.push(part);
    coming.units += json.length;
    if (coming.units >= (begun <= threads ? segmentUnits / 2 : segmentUnits)) end(coming);
  };
  const takeKept = (): (readonly DocumentRow[])[] => {
    const taken = kept;
    kept = [];
    return taken;
  };

  return {
    add: async documents => {
      if (threads < 2) {
        for (const document of documents) index.add(document);
        return;
      }
      if (failure !== undefined) throw failure.reason;
      for (const document of documents) index.note(document);
      const json = JSON.stringify(documents);
      if (crew === undefined && keptUnits + json.length < alone) {
        kept.push(documents);
        keptUnits += json.length;
        return;
      }
      for (const before of takeKept()) await handOut(before, JSON.stringify(before));
      await handOut(documents, json);
    },
    done: async () => {
      for (const documents of takeKept()) {
        for (const document of documents) index.add(document);
        await setImmediate();
      }
      if (coming !== undefined) end(coming);
      await takenIn;
      crew?.close();
      crew = undefined;
    },
    close: () => crew?.close(),
  };
}
