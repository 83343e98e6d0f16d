import { TandemError } from '../src/errors/tandem-error.js';

/** What makes a positive of the events of a session. */
export interface EventRules {
  /** types of events in their order: a search, what it led to at once, what followed on the same document */
  readonly chain: readonly string[];
  /** hours from the search to the last event of the chain, inclusive */
  readonly windowHours: number;
  /** a session with more events is taken for a machine and left out */
  readonly maxSessionEvents: number;
}

/** The chain of a marketplace: somebody searches, opens an offer, writes to the seller and is answered, within a day. */
export const defaultEventRules: EventRules = {
  chain: ['search', 'click', 'message', 'reply'],
  windowHours: 24,
  maxSessionEvents: 1000,
};

const longestChain = 16;

/** @throws TandemError 'config/bad-value' */
export function checkEventRules({ chain, windowHours, maxSessionEvents }: EventRules): void {
  const refuse = (message: string): never => {
    throw new TandemError('config/bad-value', message, { chain, windowHours, maxSessionEvents });
  };
  if (chain.length < 2 || chain.length > longestChain) {
    refuse(`a chain of events has 2 to ${longestChain} types, got ${chain.length}: ${chain.join(',')}`);
  }
  const odd = chain.find((type, i) => type === '' || chain.indexOf(type) !== i);
  if (odd !== undefined) refuse(`the types of a chain are named, each once, got ${chain.join(',')}`);
  if (!Number.isFinite(windowHours) || windowHours < 0)
    refuse(`the window must be 0 hours or more, got ${windowHours}`);
  if (!Number.isInteger(maxSessionEvents) || maxSessionEvents < 1) {
    refuse(`the most events of a session must be a whole number from 1, got ${maxSessionEvents}`);
  }
}
