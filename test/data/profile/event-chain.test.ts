import { describe, expect, it } from 'vitest';
import { type ChainEvent, proposeChain } from '../../../data/profile/event-chain.js';

/** A session: `search:hose`, `click>p1`, one a second. */
const session = (name: string, steps: readonly string[]): ChainEvent[] =>
  steps.map((step, time) => {
    const [type, query] = step.split(':');
    const [bare, documentId] = type.split('>');
    return { session: name, time, type: bare, query, documentId };
  });

const many = (count: number, name: string, steps: readonly string[]): ChainEvent[] =>
  Array.from({ length: count }, (_, i) => session(`${name}${i}`, steps)).flat();

describe('a chain', () => {
  it('goes from the search to what stands last in sessions, whatever the order of the rows', () => {
    const events = many(400, 's', ['search:hose', 'click>p1', 'click>p2', 'add_to_cart>p2', 'purchase>p2']);
    const { chain, types, reached } = proposeChain([...events].reverse());
    expect(chain).toEqual(['search', 'click', 'add_to_cart', 'purchase']);
    expect(types).toEqual(chain);
    // two documents are clicked in each session, one goes further
    expect(reached).toEqual([800, 400, 400]);
  });

  it('is cut where fewer than 300 get to', () => {
    const events = [
      ...many(500, 'a', ['search:hose', 'click>p1']),
      ...many(299, 'b', ['search:hose', 'click>p1', 'order>p1']),
    ];
    const { chain, types, reached } = proposeChain(events);
    expect([types, chain, reached]).toEqual([
      ['search', 'click', 'order'],
      ['search', 'click'],
      [799, 299],
    ]);
  });

  it('of a small log is its first step', () => {
    const { chain, reached } = proposeChain(many(5, 'a', ['search:hose', 'click>p1', 'order>p1']));
    expect([chain, reached]).toEqual([
      ['search', 'click'],
      [5, 5],
    ]);
  });

  it('leaves out what is shown, taken back, or names no document', () => {
    const steps = [
      'login',
      'search:hose',
      'impression>p1',
      'click>p1',
      'add>p1',
      'remove_from_cart>p1',
      'scroll',
      'order>p1',
    ];
    expect(proposeChain(many(400, 'a', steps)).types).toEqual(['search', 'click', 'add', 'order']);
  });

  it('knows the search by what it carries where its name says nothing', () => {
    expect(proposeChain(many(400, 'a', ['q1:hose', 'o1>p1'])).chain).toEqual(['q1', 'o1']);
  });

  it('counts a step only behind the one before it, on the same document', () => {
    const events = [
      ...many(10, 'a', ['click>p1', 'search:hose', 'order>p2']),
      ...many(10, 'b', ['search:hose', 'click>p1', 'order>p2']),
    ];
    const { types, reached } = proposeChain(events);
    expect(types).toEqual(['search', 'click', 'order']);
    expect(reached).toEqual([10, 0]);
  });

  it('is empty where nothing searches, or nothing follows', () => {
    expect(proposeChain(many(400, 'a', ['click>p1', 'order>p1'])).chain).toEqual([]);
    expect(proposeChain(many(400, 'a', ['search:hose'])).chain).toEqual([]);
    expect(proposeChain([]).chain).toEqual([]);
  });
});
