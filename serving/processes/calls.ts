import { type ErrorCode, errorTable } from '../../src/errors/table.js';
import { asTandemError, TandemError } from '../../src/errors/tandem-error.js';

/** One end of the channel between a process and its child. */
export interface Channel {
  send(message: object): void;
  listen(listener: (message: unknown) => void): void;
}

/** What one process does for another, by name; arguments and results are copied (structured clone). */
export type Calls<C> = { readonly [K in keyof C]: (...given: never[]) => Promise<unknown> };

/** Asks the process at the other end. */
export interface Peer<C extends Calls<C>> {
  ask<K extends keyof C & string>(name: K, ...given: Parameters<C[K]>): ReturnType<C[K]>;
  /** Nothing more will come: what was asked and not answered fails with this, and so does what is asked from now on. */
  end(error: TandemError): void;
}

/** An error on its way. */
export interface SentError {
  readonly code: ErrorCode;
  readonly message: string;
  readonly details: Readonly<Record<string, unknown>>;
}

type Message =
  | { readonly call: string; readonly id: number; readonly given: readonly unknown[] }
  | { readonly answered: number; readonly value: unknown }
  | { readonly failed: number; readonly error: SentError };

export const sendable = (error: unknown): SentError => {
  const { code, message, details } = asTandemError(error);
  return { code, message, details };
};

export const received = ({ code, message, details }: SentError): TandemError =>
  new TandemError(Object.hasOwn(errorTable, code) ? code : 'internal', message, details);

const isMessage = (value: unknown): value is Message =>
  typeof value === 'object' && value !== null && ('call' in value || 'answered' in value || 'failed' in value);

/**
 * Calls between two processes over their channel.
 * @param mine  what the other one may ask of this one
 */
export function openCalls<Theirs extends Calls<Theirs>, Mine extends Calls<Mine>>(
  channel: Channel,
  mine: Mine,
): Peer<Theirs> {
  const waiting = new Map<number, { resolve(value: unknown): void; reject(error: Error): void }>();
  let asked = 0;
  let ended: TandemError | undefined;
  const answer = async (name: string, id: number, given: readonly unknown[]): Promise<void> => {
    const reply = await Promise.resolve()
      .then(() => mine[name as keyof Mine](...(given as never[])))
      .then(
        value => ({ answered: id, value }),
        error => ({ failed: id, error: sendable(error) }),
      );
    if (ended === undefined) channel.send(reply);
  };
  channel.listen(message => {
    if (!isMessage(message)) return;
    if ('call' in message) return void answer(message.call, message.id, message.given);
    const id = 'answered' in message ? message.answered : message.failed;
    const asker = waiting.get(id);
    waiting.delete(id);
    if ('answered' in message) asker?.resolve(message.value);
    else asker?.reject(received(message.error));
  });
  return {
    ask: <K extends keyof Theirs & string>(name: K, ...given: Parameters<Theirs[K]>) =>
      new Promise<unknown>((resolve, reject) => {
        if (ended !== undefined) return reject(ended);
        const id = asked++;
        waiting.set(id, { resolve, reject });
        channel.send({ call: name, id, given });
      }) as ReturnType<Theirs[K]>,
    end: error => {
      ended ??= error;
      for (const { reject } of waiting.values()) reject(error);
      waiting.clear();
    },
  };
}
