import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { type ErrorCode, errorTable } from '../src/errors/table.js';
import { TandemError } from '../src/errors/tandem-error.js';
import { errorDocument } from './error-page.js';

const root = fileURLToPath(new URL('..', import.meta.url));
const codes = Object.keys(errorTable) as ErrorCode[];

const sources = ['src', 'models', 'data', 'training', 'serving', 'bench']
  .flatMap(room => readdirSync(join(root, room), { recursive: true, withFileTypes: true }))
  .filter(entry => entry.isFile() && entry.name.endsWith('.ts') && !entry.parentPath.endsWith(join('src', 'errors')))
  .map(entry => ({
    path: join(entry.parentPath, entry.name),
    text: readFileSync(join(entry.parentPath, entry.name), 'utf8'),
  }));

/** Codes in a source text outside comments: those that it can give. */
const codesIn = (text: string): string[] =>
  [...text.replace(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, '').matchAll(/'([a-z]+\/[a-z-]+|internal)'/g)].map(
    match => match[1],
  );

describe('the error table', () => {
  it('is docs/errors.md', () => {
    const path = join(root, 'docs', 'errors.md');
    if (process.env.UPDATE_DOCS === '1') writeFileSync(path, errorDocument());
    expect(readFileSync(path, 'utf8')).toBe(errorDocument());
  });

  it('holds no code that nothing gives', () => {
    const given = new Set(sources.flatMap(({ text }) => codesIn(text)));
    expect(codes.filter(code => !given.has(code))).toEqual([]);
  });

  it.each(codes)('%s has a status, an exit code and a remedy of one sentence', code => {
    const { status, exit, remedy } = errorTable[code];
    expect(status).toBeGreaterThanOrEqual(400);
    expect([1, 2]).toContain(exit);
    expect(remedy).toMatch(/^[A-Z].*\.$/);
    expect(remedy).not.toContain('\n');
  });

  it('gives an error its status, exit code and remedy', () => {
    const error = new TandemError('data/empty', 'a.csv: no rows', { path: 'a.csv' });
    expect(error).toMatchObject({ status: 422, exit: 1, message: 'a.csv: no rows', details: { path: 'a.csv' } });
    expect(error.remedy).toBe(errorTable['data/empty'].remedy);
  });
});
