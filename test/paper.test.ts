import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { commands } from '../src/cli/commands/all.js';
import { configDocument } from './config/config-pages.js';

const at = (path: string): URL => new URL(`../${path}`, import.meta.url);
const rows = readFileSync(at('docs/paper.md'), 'utf8')
  .split('\n')
  .filter(line => line.startsWith('| ') && line.includes('.ts`'))
  .map(line => line.split('|').map(cell => cell.trim()));
const quoted = (cell: string): string[] => [...cell.matchAll(/`([^`]+)`/g)].map(([, text]) => text);

describe('docs/paper.md', () => {
  it('names files that are there', () => {
    const files = rows.flatMap(([, , file]) => quoted(file));
    expect(files.length).toBeGreaterThan(25);
    expect(files.filter(file => !existsSync(at(file)))).toEqual([]);
  });

  it('names switches and commands that are there', () => {
    const page = configDocument();
    const switches = rows.flatMap(([, , , cell]) => quoted(cell));
    const keys = switches.filter(text => /^(?:towers|training)\./.test(text));
    expect(keys.filter(key => !page.includes(`\`${key}\``) && !page.includes(`\`${key}.`))).toEqual([]);
    const names = new Set(commands.map(({ name }) => name));
    const asked = switches.flatMap(text => /^tandem ([a-z-]+)/.exec(text)?.[1] ?? []);
    expect(asked.length).toBeGreaterThan(5);
    expect(asked.filter(name => !names.has(name))).toEqual([]);
  });
});
