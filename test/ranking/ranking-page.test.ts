import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { z } from 'zod';
import { readDeepOptions, readTreeOptions } from '../../src/api/ranking/tree-options.js';
import { deepSchema, lambdaMartSchema } from '../../src/config/ranking.js';
import { aboutFeature, isMonotone, standardFeatures } from '../../src/ranking/features/catalogue.js';

const page = fileURLToPath(new URL('../../docs/ranking.md', import.meta.url));
const parametric = [
  ['bm25:FIELD', 'bm25:FIELD'],
  ['length:FIELD', 'length:FIELD'],
  ['number:ATTRIBUTE', 'number:ATTRIBUTE'],
  ['age:ATTRIBUTE', 'age:ATTRIBUTE'],
  ['relative:ATTRIBUTE', 'relative:ATTRIBUTE'],
  ['relative:ATTRIBUTE/GROUP', 'relative:ATTRIBUTE/GROUP'],
] as const;

const cell = (text: string): string => text.replaceAll('|', '\\|');

function featureTable(): string {
  const rows = [
    ...standardFeatures.map(name => [name, name] as const),
    ...parametric,
    ['popularity', 'popularity'] as const,
  ];
  const lines = rows.map(([shown, name]) => {
    const more = isMonotone(name) || name === 'popularity' ? '; more never speaks against a hit' : '';
    return `| \`${shown}\` | ${cell(aboutFeature(name) ?? '')}${more} |`;
  });
  return ['| feature | what |', '| --- | --- |', ...lines].join('\n');
}

/** @param usual  values where nothing is given */
function settingsTable(schema: z.ZodType, usual: Readonly<Record<string, unknown>>): string {
  const { properties = {} } = z.toJSONSchema(schema, { io: 'output' }) as {
    properties?: Record<string, { description?: string }>;
  };
  const lines = Object.entries(properties).map(
    ([key, { description }]) => `| \`${key}\` | ${String(usual[key])} | ${cell(description ?? '')} |`,
  );
  return ['| setting | default | what |', '| --- | --- | --- |', ...lines].join('\n');
}

const between = (text: string, name: string, content: string): string =>
  text.replace(
    new RegExp(`<!-- ${name} -->[\\s\\S]*<!-- /${name} -->`),
    `<!-- ${name} -->\n${content}\n<!-- /${name} -->`,
  );

it('docs/ranking.md has the features and settings that there are', () => {
  const text = readFileSync(page, 'utf8');
  const wanted = between(
    between(text, 'settings', settingsTable(lambdaMartSchema, readTreeOptions([]))),
    'features',
    featureTable(),
  );
  if (process.env.UPDATE_DOCS === '1') writeFileSync(page, wanted);
  expect(readFileSync(page, 'utf8')).toBe(wanted);
});

it('docs/ranking-deep.md has the settings that there are', () => {
  const deepPage = fileURLToPath(new URL('../../docs/ranking-deep.md', import.meta.url));
  const text = readFileSync(deepPage, 'utf8');
  const wanted = between(text, 'deep settings', settingsTable(deepSchema, readDeepOptions([])));
  if (process.env.UPDATE_DOCS === '1') writeFileSync(deepPage, wanted);
  expect(readFileSync(deepPage, 'utf8')).toBe(wanted);
});
