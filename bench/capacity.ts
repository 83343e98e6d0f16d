import { tandemVersion } from '../src/config/version.js';
import { type BenchReport, describeMachine } from './frame.js';
import { assumed, clusterFor, type Format, fleetFor, formats, measured } from './scale/capacity.js';

const documents = [1e6, 1e8, 1e10];
const narrow = 128;

const units = ['', 'k', 'M', 'G', 'T', 'P'];
/** `2.7 GB` */
function bytes(value: number): string {
  const power = Math.min(units.length - 1, Math.floor(Math.log10(value) / 3));
  return `${Number((value / 1000 ** power).toPrecision(2))} ${units[power]}B`;
}
const rounded = (value: number): string => Number(value.toPrecision(2)).toLocaleString('en-GB');

/** Machines, memory and money for collections of sizes that nobody has at hand, worked out from measured bytes and rates. */
export async function capacity(): Promise<BenchReport> {
  const row = (name: string, of: (documents: number) => string): string[] => [name, ...documents.map(of)];
  const cluster = (name: string, width: number, format: Format): string[][] => [
    row(`${name}: vectors in memory`, n => bytes(clusterFor(n, width, format).vectorBytes)),
    row(`${name}: nodes (bound by)`, n => {
      const { nodes, bound } = clusterFor(n, width, format);
      return `${nodes.toLocaleString('en-GB')} (${bound})`;
    }),
    row(`${name}: $ a month`, n => rounded(clusterFor(n, width, format).month)),
  ];
  const fleet = (name: string, seconds: number): string[][] => [
    row(`${name}: core hours`, n => rounded(fleetFor(n, seconds).coreHours)),
    row(`${name}: cores for one day`, n => rounded(fleetFor(n, seconds).coresForADay)),
    row(`${name}: $`, n => rounded(fleetFor(n, seconds).cost)),
  ];
  return {
    bench: 'capacity',
    header: describeMachine({ tandem: tandemVersion() }, { ...measured, ...assumed }),
    results: [],
    ratio: {},
    quality: {},
    missing: [],
    table: {
      columns: ['', ...documents.map(n => `10^${Math.round(Math.log10(n))} documents`)].map((name, i) => ({
        name,
        numeric: i > 0,
      })),
      rows: [
        row('folder: disk', n => bytes(n * measured.folderBytes)),
        row('folder: memory', n => bytes(n * measured.folderMemory)),
        row('cluster, D 512: bytes of a copy', n => bytes(n * measured.clusterBytes)),
        row('cluster, D 512: shards', n => clusterFor(n, measured.width, 'float32').shards.toLocaleString('en-GB')),
        ...(Object.keys(formats) as Format[]).flatMap(format => cluster(`D 512, ${format}`, measured.width, format)),
        ...cluster(`D ${narrow}, float32`, narrow, 'float32'),
        row('writing: core hours', n => rounded((n * measured.clusterWriting) / 3600)),
        ...fleet('embedding, bag of trigrams and words', measured.embeddingBag),
        ...fleet('embedding, MiniLM', measured.embeddingMiniLm),
        ...fleet('embedding, MiniLM in 8 bits', measured.embeddingMiniLm8),
      ],
    },
  };
}
