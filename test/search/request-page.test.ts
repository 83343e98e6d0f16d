import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { searchFields } from '../../src/search/request.js';

const page = fileURLToPath(new URL('../../docs/searching.md', import.meta.url));

/** The table of a request's fields, from the schema that checks them. */
function fieldTable(): string {
  const rows = Object.entries(searchFields.shape).map(([name, field]) => `| \`${name}\` | ${field.description} |`);
  return ['| field | what |', '| --- | --- |', ...rows, ''].join('\n');
}

it('docs/searching.md lists the fields of a request as the schema has them; UPDATE_DOCS=1 writes it', () => {
  const text = readFileSync(page, 'utf8');
  const table = /\| field \| what \|\n(?:\|.*\n)+/;
  if (process.env.UPDATE_DOCS === '1')
    writeFileSync(
      page,
      text.replace(table, () => fieldTable()),
    );
  expect(readFileSync(page, 'utf8')).toContain(fieldTable());
  for (const field of Object.values(searchFields.shape)) expect(field.description).toMatch(/^\S/);
});
