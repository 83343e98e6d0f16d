import { readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { projectSchema } from '../../src/config/project.js';
import { configDocument, projectDocument } from './config-pages.js';

it.each([
  ['config.md', configDocument],
  ['project.md', projectDocument],
])('is docs/%s', (name, document) => {
  const path = new URL(`../../docs/${name}`, import.meta.url);
  if (process.env.UPDATE_DOCS === '1') writeFileSync(path, document());
  expect(readFileSync(path, 'utf8')).toBe(document());
});

describe('the schema of tandem.json', () => {
  interface Node {
    readonly description?: string;
    readonly properties?: Readonly<Record<string, Node>>;
  }

  it('describes every key', () => {
    const undescribed = (path: string, { description, properties }: Node): string[] =>
      properties === undefined
        ? description === undefined
          ? [path]
          : []
        : Object.entries(properties).flatMap(([key, child]) => undescribed(`${path}.${key}`, child));
    expect(undescribed('', z.toJSONSchema(projectSchema, { io: 'input' }) as Node)).toEqual([]);
  });

  it('needs files of documents alone', () => {
    const project = projectSchema.parse({ documents: { files: ['shop.csv'] } });
    expect(project).toEqual({
      documents: {
        files: ['shop.csv'],
        columns: {},
        types: {},
        omit: [],
        numbered: false,
        repeated: 'refuse',
        untitled: 'refuse',
        html: 'keep',
        levels: [],
        unusable: 'refuse',
        price: { divideBy: 1, unreadable: 'refuse' },
      },
      config: {},
      out: 'out',
    });
  });
});
