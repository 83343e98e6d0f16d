import { setTimeout as delay } from 'node:timers/promises';
import type * as S3 from '@aws-sdk/client-s3';
import { requirePackage } from '../../../src/config/optional-packages.js';
import type { storageErrors } from '../../../src/errors/storage-errors.js';
import { TandemError } from '../../../src/errors/tandem-error.js';

/** Of one try without a byte that moves. */
const silentMs = 20_000;
/** After so long nothing is tried again. */
const patienceMs = 45_000;
const firstPauseMs = 200;
const mostPauseMs = 8_000;

/** One try: ended by its signal where the store is silent; whoever sees bytes come says so. */
export interface Try {
  readonly abortSignal: AbortSignal;
  heard(): void;
}

/** A client of the store that the environment names, and its errors told as those of one place. */
export interface S3Store {
  readonly sdk: typeof S3;
  readonly client: S3.S3Client;
  /**
   * Asks, again after a growing pause where the store is away, busy or silent.
   * @param question  may be asked twice though the first had come through
   * @throws TandemError 'storage/*'
   */
  ask<T>(question: (attempt: Try) => Promise<T>): Promise<T>;
}

/**
 * Credentials, region and endpoint come from the environment, as every program that speaks to such stores takes them. A store of one's own is asked for BUCKET in the path: it has no
 * host for each bucket.
 * @param address  s3://BUCKET/PREFIX, for messages
 * @throws TandemError 'package/unavailable' | 'storage/refused' where the endpoint is no address
 */
export function openS3(address: string, environment: NodeJS.ProcessEnv = process.env): S3Store {
  const sdk = requirePackage<typeof S3>('@aws-sdk/client-s3');
  const endpoint = environment.AWS_ENDPOINT_URL_S3 || environment.AWS_ENDPOINT_URL || undefined;
  const at = placeOf(address, endpoint);
  const region = environment.AWS_REGION || environment.AWS_DEFAULT_REGION || (endpoint && 'us-east-1') || undefined;
  const client = new sdk.S3Client({
    ...(endpoint !== undefined && { endpoint, forcePathStyle: true }),
    ...(region !== undefined && { region }),
    // what is asked again is decided below, for streams too
    maxAttempts: 1,
    // the signature covers the bytes; checksums of newer kinds are not known to every store
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    requestHandler: { connectionTimeout: 5_000 },
  });
  return { sdk, client, ask: question => askPatiently(question, at) };
}

function placeOf(address: string, endpoint: string | undefined): string {
  if (endpoint === undefined) return address;
  if (!URL.canParse(endpoint))
    throw new TandemError('storage/refused', `AWS_ENDPOINT_URL_S3: expected an address such as http://127.0.0.1:7070`);
  const { protocol, host } = new URL(endpoint);
  return `${address} at ${protocol}//${host}`;
}

async function askPatiently<T>(question: (attempt: Try) => Promise<T>, at: string): Promise<T> {
  const began = performance.now();
  for (let pause = firstPauseMs; ; pause = Math.min(2 * pause, mostPauseMs)) {
    const end = new AbortController();
    const timer = setTimeout(() => end.abort(), silentMs).unref();
    try {
      return await question({ abortSignal: end.signal, heard: () => timer.refresh() });
    } catch (error) {
      const again = end.signal.aborted || mayPass(error);
      if (!again || performance.now() - began + pause > patienceMs) throw asStorageError(error, at, end.signal.aborted);
      // several machines that were turned away do not come back at the same moment
      await delay(pause * (0.5 + Math.random() / 2));
    } finally {
      clearTimeout(timer);
    }
  }
}

interface StoreFailure {
  readonly name: string;
  readonly message: string;
  /** of the operating system */
  readonly code?: string;
  /** absent where the store has not answered */
  readonly status?: number;
}

function failureOf(error: unknown): StoreFailure {
  if (!(error instanceof Error)) return { name: 'Error', message: String(error) };
  const { $metadata, code } = error as Error & { $metadata?: { httpStatusCode?: number }; code?: unknown };
  return {
    name: error.name,
    message: error.message,
    ...(typeof code === 'string' && { code }),
    ...($metadata?.httpStatusCode !== undefined && { status: $metadata.httpStatusCode }),
  };
}

const network = /^(ECONN|EPIPE|ETIMEDOUT|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|ERR_STREAM_PREMATURE_CLOSE)/;
const isNetwork = ({ name, code = '' }: StoreFailure): boolean => network.test(code) || name === 'TimeoutError';
/** The client sets its clock by the answer. */
const passing = new Set(['SlowDown', 'RequestTimeout', 'RequestTimeTooSkewed', 'ConditionalRequestConflict']);
const isFull = ({ name, status, message }: StoreFailure): boolean =>
  status === 507 || /StorageFull|QuotaExceeded|InsufficientStorage/i.test(name) || /no space left/i.test(message);

function mayPass(error: unknown): boolean {
  const failure = failureOf(error);
  if (isFull(failure) || failure.status === 501) return false;
  return isNetwork(failure) || passing.has(failure.name) || (failure.status ?? 0) >= 500 || failure.status === 429;
}

const denied =
  /AccessDenied|InvalidAccessKeyId|SignatureDoesNotMatch|ExpiredToken|InvalidToken|CredentialsProvider|Forbidden|UserNotFound/;

function asStorageError(error: unknown, at: string, silent: boolean): unknown {
  if (error instanceof TandemError) return error;
  const failure = failureOf(error);
  const { name, message, code, status } = failure;
  // the client's own error holds the request, with a token of the session in its head
  const cause = new Error(`${name}: ${message}`);
  const tell = (kind: keyof typeof storageErrors, text: string): TandemError =>
    new TandemError(kind, `${at}: ${text}`, { storage: at }, { cause });
  const said = message === '' || message === 'UnknownError' ? (code ?? name) : `${message} (${code ?? name})`;
  if (silent) return tell('storage/unreachable', `it has not answered for ${silentMs / 1000} s`);
  if (isNetwork(failure)) return tell('storage/unreachable', said);
  if (name === 'NoSuchBucket') return tell('storage/no-bucket', 'there is no such bucket');
  if (denied.test(name) || status === 401 || status === 403) return tell('storage/denied', said);
  if (isFull(failure)) return tell('storage/full', said);
  if (status === 429 || (status ?? 0) >= 500) return tell('storage/unreachable', said);
  // a fault of ours, or a disk of this machine, is none of the store's
  return status === undefined && !/region|endpoint/i.test(message) ? error : tell('storage/refused', said);
}

/** Whether the store says that there is none of a name: of an object, or of one that is being sent in parts. */
export const isAbsent = (error: unknown): boolean => /^(NoSuchKey|NoSuchUpload)$/.test(failureOf(error).name);

/** Whether the store says that there is one of the name already. */
export const isTaken = (error: unknown): boolean => failureOf(error).status === 412;

/** Whether the store does not know conditional writes. */
export const isUnknownThere = (error: unknown): boolean => failureOf(error).status === 501;
