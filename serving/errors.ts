import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import { hasZodFastifySchemaValidationErrors } from 'fastify-type-provider-zod';
import type { ErrorCode } from '../src/errors/table.js';
import { TandemError } from '../src/errors/tandem-error.js';

/** The one shape of an error over HTTP. */
export interface ErrorBody {
  readonly code: ErrorCode;
  readonly message: string;
  /** what to do about it */
  readonly remedy: string;
  readonly details: Readonly<Record<string, unknown>>;
}

export const bodyOf = ({ code, message, remedy, details }: TandemError): ErrorBody => ({
  code,
  message,
  remedy,
  details,
});

/** Seconds after which a refused client may come back. */
const retryAfterSeconds = 1;

/** Sends any failure in a shape. */
export function sendErrorIn(
  shape: (error: TandemError) => ErrorBody,
  error: FastifyError | TandemError,
  request: FastifyRequest,
  reply: FastifyReply,
): void {
  const told = tellFailure(error, request);
  if (told.status === 401) reply.header('www-authenticate', ['Bearer', 'Basic realm="Tandem: a key as password"']);
  if (told.status === 503) reply.header('retry-after', retryAfterSeconds);
  const { retryAfterMs } = told.details;
  if (typeof retryAfterMs === 'number') reply.header('retry-after', Math.ceil(retryAfterMs / 1000));
  reply
    .code(told.status)
    .type('application/json; charset=utf-8')
    .send(JSON.stringify(shape(told)));
}

/** Sends any failure in the one error shape. */
export const sendError = (error: FastifyError | TandemError, request: FastifyRequest, reply: FastifyReply): void =>
  sendErrorIn(bodyOf, error, request, reply);

/** Logs a failure of ours whole, one that a state of the service brings about once. @returns what may be told of any failure */
export function tellFailure(error: unknown, request: FastifyRequest): TandemError {
  const found = asRequestError(error, request);
  if (found.status === 503) request.server.stateLog(request.log, found);
  else if (found.status >= 500) request.log.error({ err: error }, found.code);
  return withoutPlaces(found, request.id);
}

/**
 * Where files and clusters lie that the service reads is for its log. Errors of these name them; those that a request brings about itself do not.
 * @param requestId  under which the log has the whole error
 */
function withoutPlaces(error: TandemError, requestId: string): TandemError {
  if (!/^(?:index|files|model|image|cluster)\//.test(error.code) || !namesPlace(error)) return error;
  return new TandemError(error.code, 'the log has what it concerns under this request id', { requestId });
}

const namesPlace = ({ status, details }: TandemError): boolean =>
  status >= 500 || ['folder', 'file', 'path'].some(key => key in details);

const codesOfFastify: Readonly<Record<string, ErrorCode>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: 'request/too-large',
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'request/unsupported-type',
};

function asRequestError(thrown: unknown, request: FastifyRequest): TandemError {
  if (thrown instanceof TandemError) return thrown;
  const error: Partial<FastifyError> = thrown instanceof Error ? thrown : {};
  if (hasZodFastifySchemaValidationErrors(error)) return asInvalid(error.validation);
  const code = codesOfFastify[error.code ?? ''];
  if (code !== undefined) return new TandemError(code, error.message ?? code, {}, { cause: error });
  const status = error.statusCode ?? 500;
  // a path outside the folder of pictures (403) is told apart from a missing one by nobody
  if (status === 404 || status === 403) return new TandemError('request/not-found', 'there is nothing at this address');
  if (status < 500) return new TandemError('request/invalid', error.message ?? 'not valid', {}, { cause: error });
  // what went wrong inside is for the log, not for the network
  return new TandemError('internal', 'unexpected failure; the log has it under this request id', {
    requestId: request.id,
  });
}

interface ValidationIssue {
  readonly instancePath: string;
  readonly message?: string;
}

function asInvalid(found: readonly ValidationIssue[]): TandemError {
  const issues = found.slice(0, 10).map(({ instancePath, message }) => ({
    path: instancePath.slice(1).replaceAll('/', '.'),
    message: message ?? 'not valid',
  }));
  const { path, message } = issues[0];
  return new TandemError('request/invalid', path === '' ? message : `${path}: ${message}`, { issues });
}

/** Answers a connection whose bytes are no HTTP, in the one error shape. */
export function answerBrokenConnection(error: Error & { code?: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const status = error.code === 'HPE_HEADER_OVERFLOW' ? 431 : error.code === 'ERR_HTTP_REQUEST_TIMEOUT' ? 408 : 400;
  const body = JSON.stringify(bodyOf(new TandemError('request/invalid', `not a valid HTTP request (${error.code})`)));
  const head = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
    'content-type: application/json; charset=utf-8',
    `content-length: ${Buffer.byteLength(body)}`,
    'connection: close',
  ];
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`);
}
