import type { DocumentSource } from '../../../data/read-documents.js';
import type { QuerySource } from '../../../data/read-pairs.js';
import type { EmbedKind } from '../../../serving/jobs/embed-batch.js';
import type { RowKind } from '../../../serving/jobs/embed-shards.js';
import type { KeptShards } from '../../../serving/jobs/kept-shards.js';
import type { EmbeddableRow } from '../../../serving/jobs/shards.js';
import type { ReadItems } from './job-items.js';

export interface EmbedFileOptions {
  readonly kind: EmbedKind;
  /** folder of the model artefact */
  readonly model: string;
  /** a file of rows, or several and how they are read */
  readonly in: string | DocumentSource | QuerySource;
  /** .jsonl or .parquet */
  readonly out: string;
  /** folder of the documents' pictures */
  readonly pictures?: string;
  /** folder that the vectors of pictures are kept in; beside `out` when absent */
  readonly imageCache?: string;
  /** threads; chosen by the number of rows when absent */
  readonly workers?: number;
  /** rows of a batch */
  readonly batch: number;
  /** address of a Redis through which workers take the shards (`tandem worker`); this process embeds them when absent */
  readonly redis?: string;
  /** s3://BUCKET/PREFIX of a store that the shards are kept in until all are; a folder beside `out` when absent */
  readonly storage?: string;
  /** rows that a file may have, those that cannot be used too; any number when absent */
  readonly maxRows?: number;
}

/** The work of one command: rows that are cut into shards, embedded and kept. */
export interface EmbedWork<Row extends EmbeddableRow> extends EmbedFileOptions {
  readonly towers: RowKind<Row>;
  readonly read: ReadItems<Row>;
  /** D */
  readonly width: number;
  readonly modelId: string;
  /** that can be embedded */
  readonly rows: number;
  /** of them those that an earlier run has embedded */
  readonly before: number;
  /** what is kept; begun where nothing is yet */
  begin(): Promise<KeptShards>;
}

/** @throws whatever the rows, the model or the disk throw; shards that were kept stay */
export type Embed = <Row extends EmbeddableRow>(
  work: EmbedWork<Row>,
) => Promise<{
  /** all of them are done */
  readonly shards: KeptShards;
  /** who has worked */
  readonly workers: number;
}>;

/** Who embeds, open until it is closed. */
export interface OpenEmbed {
  readonly embed: Embed;
  close(): Promise<void>;
}
