import { readFileSync, writeFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { configDocument } from '../../src/config/document.js';

const path = new URL('../../docs/config.md', import.meta.url);

it('is docs/config.md', () => {
  if (process.env.UPDATE_DOCS === '1') writeFileSync(path, configDocument());
  expect(readFileSync(path, 'utf8')).toBe(configDocument());
});
