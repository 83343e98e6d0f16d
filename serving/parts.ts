import type { IncomingMessage, ServerResponse } from 'node:http';
import type { FastifyBaseLogger, FastifyInstance, RawServerDefault } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import type { TandemError } from '../src/errors/tandem-error.js';
import type { QueryEmbedder, SearchBackend } from '../src/search/backend.js';
import type { DictionaryChange } from '../src/search/change-dictionary.js';
import type { Completion, CompletionRequest } from '../src/search/complete-query.js';
import type { DocumentWriter } from '../src/search/writable-index.js';
import type { AnalysisStep } from '../src/text/analyzer.js';
import type { DictionaryWord } from '../src/text/dictionary.js';
import type { PressureGauge } from './pressure.js';
import type { WriteAccess } from './write-access.js';

/** A country that documents come from, with the language they are in where it is one. */
export interface Place {
  readonly country: string;
  readonly language?: string;
}

/** What is made behind a service that answers already, such as a model that is being trained. */
export interface Building {
  readonly state: 'running' | 'done' | 'failed';
  /** what is going on, or what became of it, for people */
  readonly text: string;
  /** of the present step, in [0, 1]; absent where it is not known */
  readonly share?: number;
}

/**
 * What the app is put together from. The app closes none of them: who opened them does. What is no function is read anew for every request: it
 * changes with an index that is put in the place of the one before.
 */
export interface AppParts {
  readonly backend: SearchBackend;
  /** absent: token search alone, and no embedding of queries */
  readonly embedder?: QueryEmbedder;
  /** Why the service, though it answers, is not as it should be; undefined where it is. Absent: nothing of the kind can happen. */
  readonly fault?: () => Promise<TandemError | undefined>;
  readonly analyze: (text: string, language: string) => readonly AnalysisStep[];
  /** absent: queries are not completed */
  readonly complete?: (request: CompletionRequest) => readonly Completion[];
  /** language of texts that name none */
  readonly language: string;
  /** absent: documents are read alone */
  readonly writing?: { readonly writer: DocumentWriter; readonly access: WriteAccess };
  /** words that the analysis keeps whole; `set` where the service writes */
  readonly dictionary?: {
    readonly words: () => readonly DictionaryWord[];
    readonly set?: (words: readonly DictionaryWord[]) => Promise<DictionaryChange>;
  };
  /** folder of the documents' pictures */
  readonly pictures?: string;
  /** choices that the page offers */
  readonly places?: readonly Place[];
  /** absent: nothing is being made */
  readonly building?: () => Building;
}

export interface AppOptions {
  /** silent when absent */
  readonly logger?: FastifyBaseLogger;
  /** bytes */
  readonly bodyLimit?: number;
  /** requests a minute from one address; unlimited when absent */
  readonly rateLimit?: number;
  /** median delay of the event loop above which requests are turned away, milliseconds */
  readonly maxDelayMs?: number;
  /** in place of the measured one */
  readonly pressure?: PressureGauge;
}

/** The app as routes see it: bodies and replies are typed by their zod schemas. */
export type App = FastifyInstance<
  RawServerDefault,
  IncomingMessage,
  ServerResponse,
  FastifyBaseLogger,
  ZodTypeProvider
>;
