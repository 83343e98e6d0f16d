import type { z } from 'zod';
import type { DocumentSource } from '../../data/read-documents.js';
import type { QuerySource } from '../../data/read-pairs.js';
import type { BackendName } from '../config/backends.js';
import type { indexingSchema } from '../config/indexing.js';
import type { DocumentRow, QueryRow } from '../config/rows.js';
import type { RuleInput } from '../curation/rule.js';
import type { Comparison } from '../evaluation/compare.js';
import type { ComparedRule, ComparedRules, RuledQuery } from '../evaluation/golden/compared-rules.js';
import type { RunHit } from '../evaluation/trec.js';
import type { GenerationInfo, QueryEmbedding } from '../search/backend.js';
import type { SearchMode } from '../search/request.js';
import type { DocumentInput } from './types.js';
import type { Watch } from './watch.js';

/** What the verbs of the library take and give back. Nothing here leads to a package that a program would have to have for its types alone. */

export type {
  ComparedRule,
  ComparedRules,
  Comparison,
  DocumentSource,
  GenerationInfo,
  QueryEmbedding,
  QuerySource,
  RuledQuery,
  RunHit,
};

/** Documents: a file; several files and how they are read; the documents; or what yields them, anew each time it is called. */
export type Documents =
  | string
  | DocumentSource
  | Iterable<DocumentInput>
  | AsyncIterable<DocumentInput>
  | (() => Iterable<DocumentInput> | AsyncIterable<DocumentInput>);

/** Judgements: query id -> document id -> gain, a whole number; 0 and below: judged and not relevant. */
export type Gains = Readonly<Record<string, Readonly<Record<string, number>>>>;

/** Query id -> hits, best first, a document at most once. */
export type RunHits = Readonly<Record<string, readonly RunHit[]>>;

/** Queries and their judgements, in files or by themselves. */
export interface Judged {
  readonly queries: string | readonly QueryRow[];
  readonly qrels: string | Gains;
}

/** Keys of `indexing` of the configuration (docs/config.md); what is left out has its default. */
export type Indexing = z.input<typeof indexingSchema>;

/** What every verb takes that works for long. */
export interface Watched {
  readonly watch?: Partial<Watch>;
}

/** What every verb takes that writes. */
export interface Replacing {
  /** whether what is there may be replaced, if the same verb made it; it stays until the new one is whole */
  readonly replace?: boolean;
}

export interface OpenIndexOptions {
  /** open it for writing too; one process at a time may */
  readonly writable?: boolean;
}

export interface BuildIndexOptions extends Watched, Replacing {
  readonly documents: Documents;
  /** folder of the model; without it: a token index alone */
  readonly model?: string;
  /** folder of the index that is written */
  readonly out: string;
  readonly indexing?: Indexing;
  /** judged queries that the weight of the vectors is tuned on, ten or more, in place of those that the model was validated on */
  readonly tuneOn?: Judged;
  /** folder whose content becomes the pictures of the index */
  readonly pictures?: string;
  /** folder that the vectors of pictures are kept in; beside the index when absent */
  readonly imageCache?: string;
}

/** What an index was made of. */
export interface BuiltIndex {
  readonly folder: string;
  readonly documents: number;
  /** rows whose id stood before; the later one is the document */
  readonly duplicates: number;
  /** documents in which the model can read nothing: their words alone find them */
  readonly nothingToEmbed: number;
  /** sha256 of the model; null without one */
  readonly modelId: string | null;
  /** how much vectors count beside tokens, 0..1 */
  readonly fusionWeight: number;
}

export interface TuneIndexOptions extends Watched {
  /** judged queries, ten or more; without them those that the model was validated on, or queries drawn from the documents */
  readonly judged?: Judged;
  /** the weight itself, 0..1: nothing is tuned then */
  readonly weight?: number;
}

/** The weight of the vectors in an index, and what it was before. */
export interface TunedWeight {
  readonly fusionWeight: number;
  readonly before: number;
}

export interface CompareRulesOptions extends Watched {
  /** golden queries (`tandem golden draw`) */
  readonly golden: string;
  /** rules, or a file of them; those of the index when absent */
  readonly rules?: string | readonly RuleInput[];
}

export interface AddGenerationOptions extends Watched {
  /** folder of the model; it becomes part of the index */
  readonly model: string;
  /** judged queries that the weight of the vectors is tuned on, ten or more, in place of those that the model was validated on */
  readonly tuneOn?: Judged;
}

/** Which generation: by its number or its model; without both the only one that is not active. */
export interface GenerationChoice {
  readonly generation?: number;
  /** folder of the model that it was made with */
  readonly model?: string;
}

export interface CompareGenerationsOptions extends GenerationChoice, Watched, Replacing {
  /** the one that it is compared with; the active one when absent */
  readonly with?: number;
  /** queries that both are asked: a file, or rows */
  readonly queries?: string | readonly QueryRow[];
  /** golden queries (`tandem golden draw`), in their place */
  readonly golden?: string;
  /** judgements: figures of both are told then */
  readonly qrels?: string | Gains;
  /** the best that each answers when absent */
  readonly mode?: SearchMode;
  /** of intervals and significance; 1 when absent */
  readonly seed?: number;
  /** HTML report that is written */
  readonly report?: string;
}

/** The first ten hits of a query in both generations. */
export interface ChangedHits {
  readonly query: string;
  readonly text: string;
  /** part of them that both have */
  readonly overlap: number;
  /** nDCG@10 of the second less that of the first, where the query is judged */
  readonly gain?: number;
  /** ids, best first */
  readonly first: readonly string[];
  readonly second: readonly string[];
}

/** Two generations asked the same queries. */
export interface ComparedGenerations {
  /** their numbers */
  readonly first: number;
  readonly second: number;
  readonly queries: number;
  /** part of the first ten hits that both have, and rank-biased overlap; means over the queries */
  readonly overlap: number;
  readonly rbo: number;
  /** queries with other documents among the first ten, and with the same in another order */
  readonly changed: number;
  readonly reordered: number;
  /** the queries that change most, at most 50 */
  readonly byChange: readonly ChangedHits[];
  /** figures such as `nDCG@10` of the first and of the second; absent without judgements */
  readonly metrics?: readonly Readonly<Record<string, number>>[];
  /** the second less the first */
  readonly comparison?: ComparedRuns;
}

export interface SwitchedGeneration {
  /** that is active now */
  readonly generation: number;
  /** that was */
  readonly before: number;
}

export interface LoadModelOptions {
  /** threads of one run; all cores when 0 */
  readonly threads?: number;
  /** folder of the documents' pictures, for a model that sees pictures; without it only pictures inside the documents are seen */
  readonly pictures?: string;
}

/** A model, ready to embed. */
export interface Model {
  /** sha256 over the content of the model; an index and a query of different models never meet */
  readonly modelId: string;
  /** numbers of an embedding, D */
  readonly width: number;
  /** A query -> its embedding, float32 [D] of length 1, all zeros where the model can read nothing in it; and how much each channel counted. */
  embedQuery(query: { readonly text: string; readonly country?: string }): Promise<QueryEmbedding>;
  /** Queries -> float32 [n * D], row-major. */
  embedQueries(queries: readonly { readonly text: string; readonly country?: string }[]): Promise<Float32Array>;
  /** Documents -> float32 [n * D], row-major. */
  embedDocuments(documents: readonly DocumentRow[]): Promise<Float32Array>;
  close(): Promise<void>;
}

export interface EmbedQueriesOptions extends Watched, Replacing {
  /** folder of the model */
  readonly model: string;
  /** a file of rows, or several and how they are read */
  readonly in: string | QuerySource;
  /** file that is written, .jsonl or .parquet */
  readonly out: string;
  /** threads, each with a copy of the model; chosen by the number of rows when absent */
  readonly workers?: number;
  /** rows that are embedded together; 256 when absent */
  readonly batch?: number;
}

export interface EmbedDocumentsOptions extends EmbedQueriesOptions {
  readonly in: string | DocumentSource;
  /** folder of the documents' pictures */
  readonly pictures?: string;
  /** folder that the vectors of pictures are kept in; beside `out` when absent */
  readonly imageCache?: string;
}

/** What was embedded. */
export interface Embedded {
  readonly out: string;
  readonly rows: number;
  /** of them those in which the model can read nothing: their embedding is null */
  readonly nothingToEmbed: number;
  /** rows that cannot be embedded, and are left out */
  readonly deadLetters: number;
  /** file that says which these are, and why; absent where there are none */
  readonly deadLetterFile?: string;
  readonly modelId: string;
  /** numbers of an embedding, D */
  readonly width: number;
}

interface MeasureOptions extends Watched, Replacing {
  /** judgements: a file (TREC), or query id -> document id -> gain */
  readonly qrels: string | Gains;
  /** least gain that counts as relevant for all figures but nDCG; 1 when absent */
  readonly relevanceLevel?: number;
  /** adds `condensed.<figure>`: the same with unjudged documents dropped */
  readonly condensed?: boolean;
  /** the figure that runs are compared by; nDCG@10 when absent */
  readonly figure?: string;
  /** of intervals and significance; 1 when absent */
  readonly seed?: number;
  /** HTML report that is written */
  readonly report?: string;
}

export interface EvaluateRunsOptions extends MeasureOptions {
  /** run files (TREC), named by their tags; or by name, query id -> hits, best first */
  readonly runs: readonly string[] | Readonly<Record<string, RunHits>>;
}

export interface EvaluateIndexOptions extends MeasureOptions {
  /** folder of the index */
  readonly index: string;
  /** a file of queries, or the queries; those that are judged are asked */
  readonly queries: string | readonly QueryRow[];
  /** every mode that the index answers when absent */
  readonly mode?: SearchMode;
}

/** One run, measured. */
export interface MeasuredRun {
  /** the mode of an index, or the name of the run */
  readonly name: string;
  /** queries that are judged: what every mean is taken over */
  readonly queries: number;
  /** means by name, such as `nDCG@10` */
  readonly means: Readonly<Record<string, number>>;
  /** query id -> the same figures */
  readonly perQuery: ReadonlyMap<string, Readonly<Record<string, number>>>;
}

/** Two runs compared by one figure. */
export interface ComparedRuns extends Comparison {
  readonly first: string;
  readonly second: string;
  readonly figure: string;
}

export interface Measured {
  readonly runs: readonly MeasuredRun[];
  /** the first run against each of the others, by a paired randomisation test */
  readonly comparisons: readonly ComparedRuns[];
  /** figures of the embeddings of an index by themselves */
  readonly vectors?: Readonly<Record<string, number>>;
}

export interface CreateServerOptions {
  /** folder of the index, or its name in a cluster; this or `root` */
  readonly index?: string;
  /** folder of several indexes, each of which is a collection (docs/serving.md) */
  readonly root?: string;
  /** where the index lies: `embedded`, in a folder, when absent; `opensearch`, in a cluster (docs/scale.md) */
  readonly backend?: BackendName;
  /** addresses of the cluster */
  readonly url?: readonly string[];
  /** folder of the model of an index of a cluster; without it tokens alone answer */
  readonly model?: string;
  /** the same of another generation of it, which may be switched to while it is served */
  readonly nextModel?: string;
  /** address to listen on; 127.0.0.1 when absent */
  readonly host?: string;
  /** 0 = any free port; 8080 when absent */
  readonly port?: number;
  /** take documents over HTTP too: from this machine alone, or with keys */
  readonly writable?: boolean;
  /** file of hashed API keys (docs/serving.md); nothing but the probes is then answered without one */
  readonly keys?: string;
  /** names under which it is asked without keys, beside those of this machine */
  readonly allowHost?: readonly string[];
  /** addresses and networks of proxies before it, such as 10.0.0.0/8: what they say of a client's address counts (docs/serving.md) */
  readonly trustProxy?: readonly string[];
  /** requests a minute from one address; unlimited when absent */
  readonly rateLimit?: number;
  /** searches of so many milliseconds are logged with their stages; none when absent */
  readonly slowQueryMs?: number;
  /** whether the texts of queries stand in the log */
  readonly logText?: boolean;
  /** folder that snapshots are taken into over HTTP (`POST /snapshots`); none are when absent */
  readonly snapshots?: string;
  /** folder of reports that commands wrote, which the operator's page shows; none are when absent */
  readonly reports?: string;
  /** origins of pages that may read answers in browsers (CORS), such as https://shop.example.org; `*` beside `keys` alone; none when absent */
  readonly allowOrigin?: readonly string[];
  /** origins of pictures that the page may show beside those of the service, such as https://images.example.org; none when absent */
  readonly pictureOrigins?: readonly string[];
  /** port for the probes and `/metrics`, which is then not answered on the other one; 0 = any free port; none when absent */
  readonly metricsPort?: number;
  /** address that this port listens on; 127.0.0.1 when absent */
  readonly metricsHost?: string;
  /** connections at once; half of the files that the process may have open, at most 2000, when absent */
  readonly maxConnections?: number;
  /** milliseconds of work that may stand before a request while load lasts, else it is refused with 503; 150 when absent */
  readonly maxWaitMs?: number;
  /** processes that answer, each with the index in its memory (docs/serving.md); when absent 1: this one */
  readonly workers?: number;
  /** folder that files to embed are taken into, `POST /jobs` (docs/jobs.md); none are taken when absent */
  readonly jobs?: string;
  /** MiB of disk that all jobs together may take; 4096 when absent */
  readonly jobsDiskMiB?: number;
  /** address of a Redis: servers with the same one count requests together and share cursors (docs/serving.md); with `jobs`, `tandem worker` embeds their files */
  readonly redis?: string;
  /** folder that events are kept in, `POST /events` (docs/shop.md); none are taken when absent */
  readonly events?: string;
  /** MiB of disk that events may take; 4096 when absent */
  readonly eventsDiskMiB?: number;
  /** in place of `events`: key of a stream of `redis` that events are kept in (docs/shop.md) */
  readonly eventsStream?: string;
  /** events that the stream keeps, about; older ones are cut off; 1,000,000 when absent */
  readonly eventsLength?: number;
  /** least grave lines of the log on stderr; nothing is logged when absent */
  readonly log?: 'debug' | 'info' | 'warn' | 'error' | 'silent';
}

/** A server that listens. */
export interface Server {
  readonly url: string;
  /** of the probes and `/metrics`, where they have a port of their own */
  readonly metricsUrl?: string;
  /** Takes no more requests, answers those in flight, and closes the index. */
  close(): Promise<void>;
}
