import { describe, expect, it } from 'vitest';
import { keepRecent } from '../../training/recent-engines.js';

function countedThings(most: number) {
  const log: string[] = [];
  const recent = keepRecent<{ name: string; close(): Promise<void> }>(most);
  const ask = async (name: string): Promise<string> => {
    const thing = await recent.of(name, async () => {
      log.push(`+${name}`);
      return { name, close: async () => void log.push(`-${name}`) };
    });
    return thing.name;
  };
  return { log, ask, close: recent.close };
}

describe('keepRecent', () => {
  it('closes what was not asked for longest, and makes it anew when it is', async () => {
    const { log, ask, close } = countedThings(2);
    for (const name of ['a', 'b', 'a', 'c', 'a', 'b']) expect(await ask(name)).toBe(name);
    // c takes the place of b, for a was asked for since; b that of c
    expect(log).toEqual(['+a', '+b', '+c', '-b', '+b', '-c']);
    await close();
    expect(log.slice(6)).toEqual(['-a', '-b']);
  });

  it('keeps nothing that could not be made', async () => {
    const recent = keepRecent<{ close(): Promise<void> }>(1);
    await expect(recent.of('a', () => Promise.reject(new Error('no')))).rejects.toThrow('no');
    await recent.close();
  });
});
