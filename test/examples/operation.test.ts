import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import { z } from 'zod';
import { runTandem } from '../cli/run-tandem.js';
import { startService } from '../cli/serve-process.js';
import { jsonLines } from '../small-model.js';
import { readPromql } from './promql.js';

const folder = fileURLToPath(new URL('../../examples/operation/', import.meta.url));
const read = (name: string): Promise<string> => readFile(join(folder, name), 'utf8');

let scratch: string;
beforeAll(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'tandem-operation-files-'));
});
afterAll(() => rm(scratch, { recursive: true }));

/** Runs a command line that names no index that there is: it gets past its flags, and no further. */
async function checkFlags(words: readonly string[]): Promise<void> {
  expect(words[0]).toBe('serve');
  // ports of this machine may be taken
  const anyPort = words.map((word, i) => (/^--(?:metrics-)?port$/.test(words[i - 1] ?? '') ? '0' : word));
  const { exit, error } = await runTandem([...anyPort, '--log-level', 'silent']);
  expect([exit, error]).toEqual([1, expect.stringMatching(/^tandem: (?:data|index)\/not-found/)]);
}

describe('the unit for systemd', () => {
  const entries = async () => {
    const lines = (await read('tandem.service')).split('\n').filter(line => line !== '' && !line.startsWith('#'));
    let section = '';
    return lines.flatMap(line => {
      const [, named] = /^\[(\w+)\]$/.exec(line) ?? [];
      if (named !== undefined) {
        section = named;
        return [];
      }
      const [, key, value] = /^([A-Z]\w*)=(\S.*)$/.exec(line) ?? [];
      expect([line, section, key]).toEqual([
        line,
        expect.stringMatching(/^(?:Unit|Service|Install)$/),
        expect.any(String),
      ]);
      return [{ section, key, value }];
    });
  };
  const directive = async (key: string) => (await entries()).find(each => each.key === key)?.value ?? '';

  it('starts a service by flags that there are, rereads its keys and waits for it to close', async () => {
    const [program, ...words] = (await directive('ExecStart')).split(' ');
    expect(program).toBe('/usr/bin/tandem');
    await checkFlags(words);
    expect(await directive('ExecReload')).toContain('-HUP');
    // a service has a minute to close
    expect(Number(await directive('TimeoutStopSec'))).toBeGreaterThan(60);
  });

  it('is one for systemd itself', async context => {
    const verify = promisify(execFile);
    const available = await verify('systemd-analyze', ['--version']).catch(() => undefined);
    if (available === undefined) {
      process.stdout.write('systemd-analyze is not installed: the unit is not verified by it\n');
      context.skip();
    }
    const unit = join(scratch, 'tandem.service');
    await writeFile(unit, (await read('tandem.service')).replaceAll('/usr/bin/tandem', process.execPath));
    const { stdout, stderr } = await verify('systemd-analyze', ['verify', unit]);
    expect(stdout + stderr).not.toContain('tandem.service');
    await writeFile(unit, (await read('tandem.service')).replace('Restart=on-failure', 'Restart=sometimes'));
    const wrong = await verify('systemd-analyze', ['verify', unit]).catch((error: { stderr: string }) => error);
    expect(wrong.stderr).toContain('tandem.service');
  });
});

describe('the file of the image', () => {
  it('has stages that there are, and starts a service by flags that there are', async () => {
    const text = (await read('Dockerfile')).replace(/\\\n/g, ' ');
    const known = /^(?:FROM|WORKDIR|COPY|RUN|ENV|ARG|USER|VOLUME|EXPOSE|STOPSIGNAL|HEALTHCHECK|ENTRYPOINT|CMD) /;
    const lines = text.split('\n').filter(line => line !== '' && !line.startsWith('#'));
    expect(lines.filter(line => !known.test(line))).toEqual([]);
    const of = (instruction: string) =>
      lines.filter(line => line.startsWith(`${instruction} `)).map(line => line.slice(instruction.length + 1));
    const stages = of('FROM').flatMap(line => / AS (\w+)$/.exec(line)?.[1] ?? []);
    for (const copied of of('COPY').flatMap(line => /--from=(\w+)/.exec(line)?.[1] ?? []))
      expect(stages).toContain(copied);
    expect(JSON.parse(of('ENTRYPOINT')[0])).toEqual(['tandem']);
    await checkFlags(JSON.parse(of('CMD')[0]));
    const [, check] = /CMD (\[.*\])$/.exec(of('HEALTHCHECK')[0]) ?? [];
    const [node, flag, script] = JSON.parse(check);
    expect([node, flag]).toEqual(['node', '-e']);
    expect(() => new Function(script)).not.toThrow();
    expect(of('USER')).not.toContain('root');
    const manifest = JSON.parse(await readFile(new URL('../../package.json', import.meta.url), 'utf8'));
    for (const image of of('FROM')) expect(image).toMatch(/^node:(?:2[2-9])-/);
    expect(manifest.engines.node).toMatch(/>=20/);
  });
});

const python = process.env.TANDEM_PYTHON ?? 'python3';

/** Asks a program that knows the schema of a file of manifests. @returns undefined where it is not installed */
async function validate(module: string, ...words: string[]): Promise<{ exit: number; told: string } | undefined> {
  const run = promisify(execFile);
  const has = await run(python, ['-c', `import ${module}`]).catch(() => undefined);
  if (has === undefined) {
    process.stdout.write(`${python} has no ${module} (set TANDEM_PYTHON): no schema was asked\n`);
    return undefined;
  }
  return run(python, ['-m', module, ...words]).then(
    ({ stdout }) => ({ exit: 0, told: stdout }),
    (error: { code: number; stdout: string; stderr: string }) => ({
      exit: error.code,
      told: error.stdout + error.stderr,
    }),
  );
}

/** A command line gets past its flags: what it names is not there. */
async function checkCommand(words: readonly string[]): Promise<void> {
  if (words[0] === 'serve') return checkServed(words);
  const elsewhere = words.map(word => word.replace('redis:6379', '127.0.0.1:1'));
  expect(await runTandem(elsewhere)).toMatchObject({ exit: 1, error: expect.stringContaining('redis/unreachable') });
}

/** A service of a cluster starts without it; the model is looked for first. */
async function checkServed(words: readonly string[]): Promise<void> {
  const { exit, error } = await runTandem([...words, '--log-level', 'silent', '--port', '0', '--metrics-port', '0']);
  expect([exit, error]).toEqual([1, expect.stringMatching(/^tandem: (?:data|model)\/not-found/)]);
}

describe('the manifest for Docker Compose', () => {
  const services = z.object({
    services: z.record(z.string(), z.looseObject({ image: z.string(), command: z.string().optional() })),
  });

  it('is one by its schema', async context => {
    const schema = ['--builtin-schema', 'vendor.compose-spec'];
    const checked = await validate('check_jsonschema', ...schema, join(folder, 'compose.yaml'));
    if (checked === undefined) return context.skip();
    expect(checked).toMatchObject({ exit: 0 });
    const wrong = join(scratch, 'compose.yaml');
    await writeFile(wrong, (await read('compose.yaml')).replace('restart: unless-stopped', 'restarts: always'));
    expect(await validate('check_jsonschema', ...schema, wrong)).toMatchObject({ exit: 1 });
  });

  it('starts commands by flags that there are', async () => {
    const { services: all } = services.parse(parse(await read('compose.yaml'), { merge: true }));
    const ours = Object.values(all).filter(({ image }) => image === 'tandem');
    expect(ours).toHaveLength(2);
    for (const { command = '' } of ours) await checkCommand(command.trim().split(/\s+/));
  });
});

describe('the manifest for Kubernetes', () => {
  const container = z.looseObject({ image: z.string(), args: z.array(z.string()) });
  const pods = z.object({
    spec: z.object({ template: z.object({ spec: z.object({ containers: z.array(container) }) }) }),
  });

  it('is one by its schema, and holds nothing else', async context => {
    const checked = await validate('kubernetes_validate', '--strict', join(folder, 'kubernetes.yaml'));
    if (checked === undefined) return context.skip();
    expect(checked).toMatchObject({ exit: 0 });
    const wrong = join(scratch, 'kubernetes.yaml');
    await writeFile(wrong, (await read('kubernetes.yaml')).replace('terminationGracePeriodSeconds', 'gracePeriod'));
    expect((await validate('kubernetes_validate', '--strict', wrong))?.exit).not.toBe(0);
  });

  it('starts commands by flags that there are, and names what is there', async () => {
    const documents = parseAllDocuments(await read('kubernetes.yaml')).map(document => document.toJS());
    const containers = documents.flatMap(document => {
      const found = pods.safeParse(document);
      return found.success ? found.data.spec.template.spec.containers : [];
    });
    const ours = containers.filter(({ image }) => image === 'tandem');
    expect(ours).toHaveLength(2);
    for (const { args } of ours) await checkCommand(args);
    const of = (kind: string): string[] =>
      documents.filter(document => document.kind === kind).map(document => document.metadata.name);
    expect(of('Service')).toEqual(['redis', 'tandem']);
    expect(of('PersistentVolumeClaim')).toEqual(['tandem-data']);
  });
});

const duration = z.string().regex(/^\d+[smhd]$/);
const alertsSchema = z.strictObject({
  groups: z.array(
    z.strictObject({
      name: z.string(),
      rules: z.array(
        z.strictObject({
          alert: z.string().regex(/^Tandem[A-Z]\w+$/),
          expr: z.string(),
          for: duration.optional(),
          labels: z.strictObject({ severity: z.enum(['page', 'ticket']) }),
          annotations: z.strictObject({ summary: z.string().endsWith('.'), action: z.string().endsWith('.') }),
        }),
      ),
    }),
  ),
});
const source = z.strictObject({ type: z.literal('prometheus'), uid: z.literal(`$${'{datasource}'}`) });
const panel = z.strictObject({
  id: z.int(),
  title: z.string().min(1),
  type: z.enum(['timeseries', 'stat']),
  datasource: source,
  gridPos: z.strictObject({ x: z.int().min(0), y: z.int().min(0), w: z.int().min(1), h: z.int().min(1) }),
  fieldConfig: z.strictObject({
    defaults: z.strictObject({ unit: z.enum(['reqps', 's', 'short', 'percentunit', 'bytes']), min: z.number() }),
    overrides: z.array(z.never()),
  }),
  targets: z
    .array(z.strictObject({ refId: z.string().regex(/^[A-Z]$/), expr: z.string(), legendFormat: z.string() }))
    .min(1),
});
const dashboardSchema = z.looseObject({
  title: z.string(),
  uid: z.string(),
  schemaVersion: z.int().min(36),
  templating: z.strictObject({ list: z.array(z.looseObject({ name: z.string(), type: z.string() })) }),
  panels: z.array(panel).min(1),
});

const alerts = async () => alertsSchema.parse(parse(await read('alerts.yml'))).groups.flatMap(({ rules }) => rules);
const dashboard = async () => dashboardSchema.parse(JSON.parse(await read('grafana-dashboard.json')));

describe('rules and dashboard', { timeout: 120_000 }, () => {
  let metrics: Set<string>;
  let labels: Set<string>;
  beforeAll(async () => {
    const [documents, index] = [join(scratch, 'documents.jsonl'), join(scratch, 'index')];
    await writeFile(documents, jsonLines([{ id: 'a', title: 'red hammer' }]));
    expect((await runTandem(['index', '--documents', documents, '--out', index])).exit).toBe(0);
    const service = await startService(['--index', index, '--writable', '--workers', '2']);
    await service.send('POST', 'search', { text: 'hammer' });
    const body = String((await service.send('GET', 'metrics')).body);
    await service.end();
    const samples = body.split('\n').filter(line => line !== '' && !line.startsWith('#'));
    const ofTypes = [...body.matchAll(/^# TYPE (\S+) (\w+)$/gm)].flatMap(([, name, type]) =>
      type === 'histogram' ? [`${name}_bucket`, `${name}_count`, `${name}_sum`] : [name],
    );
    // of Prometheus itself
    metrics = new Set([...ofTypes, 'up']);
    labels = new Set([...samples.flatMap(line => [...line.matchAll(/[{,](\w+)="/g)].map(([, name]) => name)), 'job']);
  }, 120_000);

  const check = (expression: string): void => {
    const asked = readPromql(expression.replaceAll('$__rate_interval', '5m'));
    expect([expression, asked.metrics.filter(name => !metrics.has(name))]).toEqual([expression, []]);
    expect([expression, asked.labels.filter(name => !labels.has(name))]).toEqual([expression, []]);
  };

  it('rules ask for figures that there are', async () => {
    const rules = await alerts();
    expect(new Set(rules.map(({ alert }) => alert)).size).toBe(rules.length);
    for (const { expr } of rules) check(expr);
  });

  it('the dashboard asks for figures that there are, in panels that do not lie on one another', async () => {
    const { panels, templating } = await dashboard();
    expect(templating.list.map(({ name }) => name)).toEqual(['datasource', 'job']);
    expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
    const taken = new Set<string>();
    for (const { gridPos: at, targets, title } of panels) {
      expect([title, at.x + at.w <= 24]).toEqual([title, true]);
      for (let x = at.x; x < at.x + at.w; x++)
        for (let y = at.y; y < at.y + at.h; y++) {
          expect([title, taken.has(`${x} ${y}`)]).toEqual([title, false]);
          taken.add(`${x} ${y}`);
        }
      for (const { expr, legendFormat } of targets) {
        check(expr);
        for (const [, label] of legendFormat.matchAll(/\{\{(\w+)\}\}/g)) expect(labels).toContain(label);
      }
    }
  });

  it('every figure of ours that is documented is there', async () => {
    const page = await readFile(new URL('../../docs/serving.md', import.meta.url), 'utf8');
    const documented = [...page.matchAll(/^\| (`tandem_[^|]*) \|/gm)].flatMap(([, cell]) =>
      [...cell.matchAll(/`(tandem_\w+)`/g)].map(([, name]) => name),
    );
    const ours = [...metrics]
      .filter(name => name.startsWith('tandem_'))
      .map(name => name.replace(/_(?:bucket|count|sum)$/, ''));
    expect(new Set(documented)).toEqual(new Set(ours));
  });

  it('what Prometheus is told to read is there', async () => {
    const config = z
      .strictObject({
        rule_files: z.array(z.string()),
        scrape_configs: z.array(
          z.strictObject({
            job_name: z.literal('tandem'),
            scrape_interval: duration,
            static_configs: z.array(z.strictObject({ targets: z.array(z.string()) })),
          }),
        ),
      })
      .parse(parse(await read('prometheus.yml')));
    for (const file of config.rule_files) expect(dirname(join(folder, file))).toBe(folder.replace(/\/$/, ''));
    for (const file of config.rule_files) expect(await read(file)).not.toBe('');
    const [target] = config.scrape_configs[0].static_configs[0].targets;
    expect(await read('tandem.service')).toContain(`--metrics-port ${target.split(':')[1]} `);
  });
});

describe('what reads expressions of Prometheus', () => {
  it('knows metrics and labels from functions', () => {
    expect(readPromql('sum by (le) (rate(a_bucket{route="/x", status=~"5.."}[5m])) / b > 0.1')).toEqual({
      metrics: ['a_bucket', 'b'],
      labels: ['le', 'route', 'status'],
    });
  });

  it.each(['sum(a', 'sum(a))', 'rat(a[5m])', 'a{b}', 'a{b=1}', 'a[5]', '1 + 2', 'a ? b', 'sum by le (a)'])(
    'refuses %s',
    expression => {
      expect(() => readPromql(expression)).toThrow();
    },
  );
});
