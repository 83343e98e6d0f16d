import {
  type Aggregator,
  AggregatorRegistry,
  Counter,
  collectDefaultMetrics,
  Gauge,
  Histogram,
  type MetricObjectWithValues,
  type MetricValue,
  Registry,
} from 'prom-client';

export type Figures = readonly MetricObjectWithValues<MetricValue<string>>[];

/** What the service measures about itself, in a registry of its own so that several apps may live in one process. */
export interface Measures {
  request(route: string, method: string, status: number, seconds: number): void;
  /** @param milliseconds  by stage, as in SearchResponse.took */
  stages(took: Readonly<Record<string, number>>): void;
  /** The index that is served; undefined while the service is not ready. @param modelId  null without a model */
  index(served: { readonly documents: number; readonly modelId: string | null } | undefined): void;
  /** A figure that is read whenever figures are asked for. */
  watch(figure: WatchedFigure): void;
  /** what an aggregate of several processes is made of */
  figures(): Promise<Figures>;
  /** Prometheus text format */
  render(): Promise<{ readonly contentType: string; readonly body: string }>;
}

export interface WatchedFigure {
  readonly name: string;
  readonly help: string;
  /** `counter` where it only rises */
  readonly type: 'gauge' | 'counter';
  /** how those of several processes become one; added up when absent */
  readonly aggregator?: Aggregator;
  /** label that tells its values apart */
  readonly label?: string;
  /** the value, or those of each label; 0 where there is none at present */
  readonly read: () => number | Readonly<Record<string, number>> | undefined;
}

/** Buckets in seconds: a query takes a few tenths of a millisecond, a slow one a second. */
const buckets = [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5];

/** Figures of several processes as one: counts are added up. */
export async function renderTogether(figures: readonly Figures[]): Promise<{ contentType: string; body: string }> {
  const together = AggregatorRegistry.aggregate(figures.map(each => [...each]));
  return { contentType: together.contentType, body: await together.metrics() };
}

/** A registry of nothing but watched figures: for a process that answers no requests. */
export function watchedFigures(figures: readonly WatchedFigure[]): () => Promise<Figures> {
  const registry = new Registry();
  for (const figure of figures) watchIn(registry, figure);
  return () => registry.getMetricsAsJSON();
}

function watchIn(registry: Registry, { name, help, type, aggregator = 'sum', label, read }: WatchedFigure): void {
  const options = { name, help, aggregator, labelNames: label === undefined ? [] : [label], registers: [registry] };
  const values = (): [Record<string, string>, number][] => {
    const value = read() ?? {};
    if (typeof value === 'number') return [[{}, value]];
    return Object.entries(value).map(([each, of]) => [{ [label ?? name]: each }, of]);
  };
  // what is read anew each time is written down anew
  if (type === 'counter') {
    const counter = new Counter({
      ...options,
      collect() {
        counter.reset();
        for (const [labels, value] of values()) counter.inc(labels, value);
      },
    });
    return;
  }
  const gauge = new Gauge({
    ...options,
    collect() {
      gauge.reset();
      for (const [labels, value] of values()) gauge.set(labels, value);
    },
  });
}

export function createMeasures(): Measures {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const requests = new Histogram({
    name: 'tandem_request_seconds',
    help: 'Time from the first byte of a request to the last of its answer.',
    labelNames: ['route', 'method', 'status'],
    buckets,
    registers: [registry],
  });
  const stages = new Histogram({
    name: 'tandem_search_stage_seconds',
    help: 'Time of each stage of a search.',
    labelNames: ['stage'],
    buckets,
    registers: [registry],
  });
  const gauge = (name: string, help: string, aggregator: Aggregator, labelNames: readonly string[] = []) =>
    new Gauge({ name, help, aggregator, labelNames, registers: [registry] });
  const ready = gauge('tandem_ready', '1 while the service is ready, as /health/ready says.', 'min');
  const documents = gauge('tandem_documents', 'Documents of the index that is served.', 'max');
  const model = gauge('tandem_model_info', 'The model of the index that is served; none without one.', 'max', [
    'model',
  ]);
  return {
    index: served => {
      ready.set(served === undefined ? 0 : 1);
      if (served === undefined) return;
      documents.set(served.documents);
      model.reset();
      model.set({ model: served.modelId ?? 'none' }, 1);
    },
    watch: figure => watchIn(registry, figure),
    request: (route, method, status, seconds) => requests.observe({ route, method, status }, seconds),
    stages: took => {
      for (const [stage, milliseconds] of Object.entries(took)) stages.observe({ stage }, milliseconds / 1000);
    },
    figures: () => registry.getMetricsAsJSON(),
    render: async () => ({ contentType: registry.contentType, body: await registry.metrics() }),
  };
}
