import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { evaluateRun, type Figures } from '../../src/evaluation/evaluate.js';
import { type Qrels, readQrels, readRun } from '../../src/evaluation/trec.js';

const python = process.env.TANDEM_PYTHON ?? 'python3';
const protocol = fileURLToPath(new URL('../../../shared/protocol', import.meta.url));
const script = join(protocol, 'protocol.py');

/** The oracle: the measuring script over pytrec_eval. */
const scored = (set: string, run: string, ...flags: string[]): Record<string, number> =>
  JSON.parse(execFileSync(python, [script, 'score', run, '--set', set, ...flags], { encoding: 'utf8' }));

function whyNot(): string | undefined {
  for (const needed of [script, join(protocol, '../data')]) if (!existsSync(needed)) return `${needed} is not there`;
  try {
    execFileSync(python, ['-c', 'import pytrec_eval'], { stdio: 'ignore' });
  } catch {
    return `${python} has no pytrec_eval (set TANDEM_PYTHON)`;
  }
}

const reason = whyNot();
if (reason) console.warn(`evaluation is not compared with pytrec_eval: ${reason}`);

const runs = [
  { set: 'homedepot', name: 'lucene-bm25', relevanceLevel: 133 },
  { set: 'homedepot', name: 'minilm-finetuned', relevanceLevel: 133 },
  { set: 'chorus', name: 'lucene-bm25', relevanceLevel: 2 },
  { set: 'chorus', name: 'bm25+minilm', relevanceLevel: 2 },
];

describe.skipIf(reason !== undefined)('equal to pytrec_eval to four digits', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'tandem-protocol-'));
    execFileSync(python, [script, 'prepare', folder]);
  }, 60_000);
  afterAll(() => rmSync(folder, { recursive: true }));
  const qrelsOf = (set: string): Promise<Qrels> => readQrels(join(folder, set, 'qrels.test.trec'));

  it.each(runs)('$set $name', async ({ set, name, relevanceLevel }) => {
    const path = join(protocol, 'runs', `${set}.${name}.trec.gz`);
    const qrels = await qrelsOf(set);
    const evaluation = evaluateRun(await readRun(path), qrels, { relevanceLevel, condensed: true });
    const { queries, ...plain } = scored(set, path);
    const { queries: _, 'judged@10': __, ...condensed } = scored(set, path, '--condensed');
    expect(evaluation.queries).toBe(queries);
    expect(Object.keys(plain)).toHaveLength(5);
    const expected: Figures = {
      ...plain,
      ...Object.fromEntries(Object.entries(condensed).map(([metric, value]) => [`condensed.${metric}`, value])),
    };
    expect(Object.keys(evaluation.means).sort()).toEqual(Object.keys(expected).sort());
    for (const [metric, value] of Object.entries(expected)) {
      expect(Number(evaluation.means[metric].toFixed(4)), metric).toBeCloseTo(value, 9);
    }
  });
});
