import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openDocumentStore } from '../../src/store/document-store.js';
import { keptTexts } from '../../src/store/kept-texts.js';

/** A store of texts that counts what is read. */
function counted(texts: Map<string, string>) {
  const state = { reads: 0, sequence: 1 };
  const read = keptTexts(
    () => state.sequence,
    id => {
      state.reads++;
      return texts.get(id);
    },
  );
  return { read, state };
}

describe('kept texts of documents', () => {
  it('are read once until something is written', () => {
    const texts = new Map([['a', '{"id":"a"}']]);
    const { read, state } = counted(texts);
    expect(read(['a', 'a'])).toEqual(['{"id":"a"}', '{"id":"a"}']);
    expect(state.reads).toBe(1);
    texts.set('a', '{"id":"a","title":"new"}');
    state.sequence++;
    expect(read(['a'])).toEqual(['{"id":"a","title":"new"}']);
    expect(state.reads).toBe(2);
  });

  it('take bounded memory', () => {
    const { read, state } = counted(new Map([['long', 'x'.repeat(2 ** 23)]]));
    // two bytes a unit: more than all texts together may take
    read(['long']);
    read(['long']);
    expect(state.reads).toBe(2);
  });

  it('follow what another opening of the store writes, and belong to nobody who was given a document', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'tandem-kept-'));
    const [writer, reader] = [await openDocumentStore(folder), await openDocumentStore(folder)];
    try {
      await writer.put([{ id: 'a', title: 'first' }]);
      const [given] = reader.getMany(['a']);
      expect(given).toEqual({ id: 'a', title: 'first' });
      if (given !== undefined) given.title = 'altered by its owner';
      expect(reader.getMany(['a'])).toEqual([{ id: 'a', title: 'first' }]);
      const second = await writer.put([{ id: 'a', title: 'second' }]);
      await expect.poll(() => reader.sequence()).toBe(second);
      expect(reader.getMany(['a'])).toEqual([{ id: 'a', title: 'second' }]);
      const gone = await writer.delete(['a']);
      await expect.poll(() => reader.sequence()).toBe(gone);
      expect(reader.getMany(['a'])).toEqual([undefined]);
    } finally {
      await Promise.all([writer.close(), reader.close()]);
      await rm(folder, { recursive: true });
    }
  });
});
