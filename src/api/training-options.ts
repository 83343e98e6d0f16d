import type { z } from 'zod';
import type { EventRules } from '../../data/event-rules.js';
import type { DataManifest, EventsEntry } from '../../data/manifest.js';
import type { DocumentSource } from '../../data/read-documents.js';
import type { EventSource, PairSource, QuerySource } from '../../data/read-pairs.js';
import type { SplitShares } from '../../data/split.js';
import type { AblationSplit } from '../../training/report/ablation-sections.js';
import type { PretrainingCounts } from '../../training/report/pretraining-sections.js';
import type { PresetName } from '../config/presets.js';
import type { deepSchema, lambdaMartSchema } from '../config/ranking.js';
import type { DocumentRow, EventRow, PairRow, QueryRow } from '../config/rows.js';
import type { configSchema } from '../config/schema.js';
import type { Gains, Judged, Replacing, Watched } from './options.js';

/** What the verbs of training take and give back; see options.ts. */

export type { AblationSplit, EventRules, PretrainingCounts, SplitShares };

export interface PrepareOptions extends Watched, Replacing {
  /** a file of documents, or a BEIR folder, which holds its own queries and judgements; several files and how they are read; or the documents */
  readonly documents: string | DocumentSource | readonly DocumentRow[];
  /** positive pairs of a query and a document */
  readonly pairs?: string | PairSource | readonly PairRow[];
  /** events that the pairs are made from, in place of `pairs` */
  readonly events?: string | EventSource | readonly EventRow[];
  /** what makes a positive of events; what is absent is as in a marketplace: search, click, message, reply within a day */
  readonly eventRules?: Partial<EventRules>;
  /** judged queries that are validated on; then every pair is trained on */
  readonly queries?: string | QuerySource | readonly QueryRow[];
  /** their judgements: a file (TREC), or query id -> document id -> gain */
  readonly qrels?: string | Gains;
  /** parts of the queries that are trained on, validated on and tested on; .9, .05, .05 when absent */
  readonly shares?: SplitShares;
  /** with another seed other queries are held out; 1 when absent */
  readonly seed?: number;
  /** folder that is written */
  readonly out: string;
}

/** What was prepared. */
export interface Prepared {
  readonly folder: string;
  readonly counts: DataManifest['counts'];
  /** where the pairs were made from events */
  readonly events?: EventsEntry;
}

/** docs/ranking.md says what each does. */
export interface TrainRankerOptions extends Watched, Replacing {
  /** folder of the index that the ranker is for, made with a model */
  readonly index: string;
  /** what it learns from, 50 queries or more; the training pairs of the data of `folds` when absent */
  readonly judged?: Judged;
  /** what decides when to stop; those that the model of the index carries, or a fifth of `judged`, when absent */
  readonly validation?: Judged;
  /** parts of the queries: towers learn again from the prepared data without each part, and are asked it */
  readonly folds?: { readonly data: string; readonly count: number };
  /** files that `tandem rank rows` wrote of indexes whose towers did not learn from these queries */
  readonly rows?: readonly string[];
  readonly labels?: 'judged' | 'engaged';
  /** hits that are ordered anew; 200 when absent */
  readonly depth?: number;
  /** least gain that counts as relevant, for `minScore: 'auto'`; 1 when absent */
  readonly relevanceLevel?: number;
  /** whether it remembers which documents were found to be good; true when absent */
  readonly popularity?: boolean;
  /** only features that mean the same in every catalogue, for a ranker that is to serve other indexes */
  readonly portable?: boolean;
  /** names of features in place of all */
  readonly features?: readonly string[];
  /** settings of the trees */
  readonly trees?: Partial<z.output<typeof lambdaMartSchema>>;
  /** trains a network that orders the first hits of the trees anew, by these settings; none when absent */
  readonly deep?: Partial<z.output<typeof deepSchema>>;
  /** file that is written */
  readonly out: string;
}

/** A ranker, and how good it is on queries that it did not learn from. */
export interface TrainedRanker {
  readonly out: string;
  readonly trees: number;
  readonly queries: number;
  /** candidates that it learnt from */
  readonly rows: number;
  readonly validationQueries: number;
  /** nDCG@10, condensed.nDCG@10 and judged@10 of the first ranking, and of this one */
  readonly before: Readonly<Record<string, number>>;
  readonly after: Readonly<Record<string, number>>;
  /** the network behind the trees, and the same figures of the trees and of it; absent where none was wanted, or none was better than the trees */
  readonly deep?: {
    readonly embeddings: boolean;
    readonly epochs: number;
    readonly before: Readonly<Record<string, number>>;
    readonly after: Readonly<Record<string, number>>;
  };
  readonly seconds: number;
}

/** Keys of the configuration (docs/config.md); what is left out has the value of the preset. */
export type ConfigInput = NonNullable<z.input<typeof configSchema>>;

/** What training is told of its configuration. */
export interface Configured {
  /** named starting point of the configuration; 'default' when absent */
  readonly preset?: PresetName;
  readonly config?: ConfigInput;
}

/** What the pictures of the documents are encoded with, for the channel `image`. */
export interface TrainingImages {
  /** folder of the image encoder */
  readonly encoder: string;
  /** folder of the pictures; without one only data URIs are read */
  readonly pictures?: string;
  /** folder that vectors are kept in; beside the model when absent */
  readonly cache?: string;
}

export interface TrainTowersOptions extends Configured, Watched, Replacing {
  /** folder that `prepareData` wrote */
  readonly data: string;
  /** folder of the model that is written */
  readonly out: string;
  /** go on from the checkpoint of a run that was interrupted, if there is one */
  readonly resume?: boolean;
  readonly images?: TrainingImages;
}

/** What a run of training came to. */
export interface TrainedTowers {
  readonly model: string;
  readonly steps: number;
  /** steps that were there when the run began; 0 = it began anew */
  readonly resumedAt: number;
  readonly seconds: number;
  readonly examplesPerSecond: number;
  /** inputs that no row has a value for */
  readonly droppedChannels: readonly string[];
  /** on the validation queries, by name; none where there are none */
  readonly validation: Readonly<Record<string, number>>;
  /** on queries drawn from the documents, where the validation queries do not show that anything was learnt */
  readonly knownItems?: Readonly<Record<string, number>>;
  /** what is wrong with the model, and what to do */
  readonly warnings: readonly string[];
}

export interface AblateOptions extends Configured, Watched, Replacing {
  /** folder that `prepareData` wrote */
  readonly data: string;
  /** folder of the report and of the results that it is made of; what is there already is gone on with */
  readonly out: string;
  /** dotted keys of the configuration that each row changes; absent = what is there left out, one at a time */
  readonly variants?: readonly { readonly name: string; readonly set: Readonly<Record<string, unknown>> }[];
  /** every row is trained once with each; the seed of the configuration when absent */
  readonly seeds?: readonly number[];
  /** queries that are shown; those that are there when absent */
  readonly split?: 'validation' | 'test' | 'both';
  /** least gain that counts as relevant; half of the greatest one when absent */
  readonly relevanceLevel?: number;
  /** also fuse each model with token retrieval */
  readonly hybrid?: boolean;
  /** keep the models beside the results */
  readonly keepModels?: boolean;
  readonly images?: TrainingImages;
}

/** What an ablation came to. */
export interface AblationResult {
  /** runs that were trained now; the results of the others were there */
  readonly trained: number;
  /** file of the report */
  readonly report: string;
  /** for each set of queries the rows, the base first, with their figures and how they differ from the base */
  readonly splits: readonly AblationSplit[];
}

export interface PretrainOptions extends Configured, Watched, Replacing {
  /** files of rows with `text`, or of documents */
  readonly texts?: readonly string[];
  /** folder that `prepareData` wrote: titles, descriptions and training queries are read */
  readonly data?: string;
  /** file of rows {source, target}: texts with their translations */
  readonly translations?: string;
  /** folder of the encoder that is written, for `textEncoder.import` of the configuration */
  readonly out: string;
  /** go on from the checkpoint of a run that was interrupted, if there is one */
  readonly resume?: boolean;
}

/** What a run of pretraining came to. */
export interface Pretrained {
  readonly encoder: string;
  readonly steps: number;
  /** steps that were there when the run began; 0 = it began anew */
  readonly resumedAt: number;
  readonly seconds: number;
  readonly textsPerSecond: number;
  readonly counts: PretrainingCounts;
  /** on texts that were held out, by name; none where there are none */
  readonly heldOut: Readonly<Record<string, number>>;
}

export interface ImportEncoderOptions extends Configured, Replacing {
  /** folder as Hugging Face keeps encoders: config.json, tokenizer.json, model.safetensors (docs/encoders.md) */
  readonly from: string;
  /** folder that is written */
  readonly out: string;
  /** keep the first so many layers; all of them when absent */
  readonly layers?: number;
  /** written before every query, such as `query: ` */
  readonly queryPrefix?: string;
  /** written before every document, such as `passage: ` */
  readonly documentPrefix?: string;
  /** write a model that embeds with the encoder as it is, in place of an encoder to train on */
  readonly asModel?: boolean;
}

/** What was imported. */
export interface ImportedEncoder {
  readonly layers: number;
  /** of the hidden states */
  readonly width: number;
  /** of the vocabulary */
  readonly tokens: number;
  /** tokens that are read at once */
  readonly positions: number;
  /** least cosine of vectors of one text, alone and beside longer ones: 1 but for rounding */
  readonly leastCosine: number;
}
