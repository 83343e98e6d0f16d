import type { PriceEvidence } from '../prices/price-rule.js';
import { describeRule } from '../read-documents.js';
import type { DocumentsCheck } from './check-documents.js';
import type { EventsCheck } from './check-events.js';
import type { PairsCheck } from './check-pairs.js';
import type { ChosenFiles } from './choose-files.js';
import type { Choice } from './propose-columns.js';

/** All that was found about files. */
export interface Found {
  readonly chosen: ChosenFiles;
  readonly documents: DocumentsCheck;
  readonly prices?: PriceEvidence;
  readonly pairs?: PairsCheck;
  readonly events?: EventsCheck;
  /** of the analysis, where it can be told */
  readonly language?: string;
}

const grouped = (n: number): string => n.toLocaleString('en-GB');
const many = (n: number, one: string): string => `${grouped(n)} ${n === 1 ? one : `${one}s`}`;

/** What a person should look at: doubts, faults and leaks, each with the key of tandem.json or the flag that changes it. */
export function noticesOf(found: Found): string[] {
  return [
    ...doubts(found.chosen),
    ...aboutDocuments(found),
    ...aboutPrices(found),
    ...aboutPairs(found),
    ...aboutEvents(found),
  ];
}

function doubts({ documents, pairs, events, queries }: ChosenFiles): string[] {
  const kinds: readonly (readonly [string, Readonly<Record<string, Choice | undefined>> | undefined])[] = [
    ['documents', documents?.columns],
    ['pairs', pairs?.columns],
    ['events', events?.columns],
    ['queries', queries?.columns],
  ];
  return kinds.flatMap(([kind, columns]) =>
    Object.entries(columns ?? {}).flatMap(([field, choice]) => {
      if (choice === undefined || choice.others.length === 0) return [];
      const [other] = choice.others;
      const map = kind === 'documents' ? ` (or --map ${other}=${field})` : '';
      return [
        `${field} is read from "${choice.column}"; ${choice.others.map(name => `"${name}"`).join(', ')} would fit too: ${kind}.columns.${field} changes it${map}`,
      ];
    }),
  );
}

function aboutDocuments({ chosen, documents, language }: Found): string[] {
  const columns = chosen.documents?.columns ?? {};
  const notices: string[] = [];
  if (documents.fault !== undefined) notices.push(`the documents cannot be read to the end: ${documents.fault}`);
  // columns are chosen of tables; a BEIR folder has its own
  if ('title' in columns && !('id' in columns))
    notices.push(
      'no column is different in each row, so that the place of a row is its id (documents.numbered): it changes when rows are added before it; documents.columns.id names a better column',
    );
  if (documents.repeatedIds > 0 && chosen.documents?.ofPairs === false) {
    const { id, location } = documents.firstRepeated ?? { id: '', location: '' };
    notices.push(
      `${many(documents.repeatedIds, 'row')} with the id of another before (first "${id}", ${location}): the first row of an id is kept (documents.repeated)`,
    );
  }
  if (documents.withoutTitle > 0)
    notices.push(`${many(documents.withoutTitle, 'document')} without a title (documents.untitled)`);
  if (documents.equalTitles * 20 > documents.documents)
    notices.push(
      `${grouped(documents.equalTitles)} of ${grouped(documents.documents)} documents bear the title of another: a search cannot tell these apart by it`,
    );
  if (language === undefined)
    notices.push(
      `the language cannot be told: ${documents.language.reason}; it is taken for English; config.indexing.language and config.towers.language change it`,
    );
  const [picture] = documents.preview.find(({ images = [] }) => images.length > 0)?.images ?? [];
  const isAddress = picture !== undefined && /^(?:https?:)?\/\//i.test(picture);
  if ('images' in columns && picture !== undefined && !isAddress && !/^data:/i.test(picture))
    notices.push('pictures are named by files: --pictures FOLDER shows them, with `tandem up` or `tandem index`');
  if ('images' in columns && isAddress)
    notices.push(
      'pictures are named by web addresses: nothing is fetched; to learn from pictures, download them into a folder and name it with --pictures (docs/images.md)',
    );
  return notices;
}

function aboutPrices({ chosen, prices }: Found): string[] {
  if (prices === undefined) return [];
  const path = chosen.documents?.tables[0].path ?? '';
  const notices: string[] = [];
  if (prices.ambiguous > 0) notices.push(describeRule(path, prices));
  if (prices.firstUnreadable !== undefined)
    notices.push(
      `${many(prices.unreadable, 'price')} cannot be read (first "${prices.firstUnreadable.text}", ${prices.firstUnreadable.location}) and left out: documents.price.unreadable`,
    );
  if (prices.maybeMinor)
    notices.push(
      'all prices are whole numbers, most above 1,000: if they stand in cents, set documents.price.divideBy to 100',
    );
  if (prices.currencies.size > 1)
    notices.push(
      `prices are in several currencies (${[...prices.currencies.keys()].join(', ')}): their amounts are not converted`,
    );
  return notices;
}

function aboutPairs({ chosen, pairs }: Found): string[] {
  if (pairs === undefined) return [];
  const notices: string[] = [];
  if (pairs.fault !== undefined) notices.push(`the pairs cannot be read to the end: ${pairs.fault}`);
  if (pairs.unknownDocuments > 0)
    notices.push(
      `${grouped(pairs.unknownDocuments)} of ${grouped(pairs.pairs)} pairs name a document that is not there (first "${pairs.firstUnknown}"): they are left out`,
    );
  if (pairs.lower > 0 || pairs.unjudged > 0)
    notices.push(
      `${grouped(pairs.lower)} pairs are judged too low to be positive, ${grouped(pairs.unjudged)} are not judged (column "${chosen.pairs?.columns.gain?.column}"): pairs.positiveFrom is the least judgement that counts`,
    );
  if (pairs.equalToTitle > 0)
    notices.push(
      `${grouped(pairs.equalToTitle)} of ${grouped(pairs.queries)} queries are the title of a document, letter by letter: they measure copying, not searching`,
    );
  return notices;
}

function aboutEvents({ events }: Found): string[] {
  if (events === undefined) return [];
  const { types, chain, reached } = events.chain;
  const notices: string[] = [];
  if (events.fault !== undefined) notices.push(`the events cannot be read to the end: ${events.fault}`);
  if (events.unknownDocuments > 0)
    notices.push(
      `${grouped(events.unknownDocuments)} events name a document that is not there (first "${events.firstUnknown}"): they are left out`,
    );
  if (chain.length === 0)
    notices.push(
      'no chain of events is found: no type of event searches, or none names documents; events.chain gives the types in order',
    );
  else if (chain.length < types.length)
    notices.push(
      `of the chain ${types.join(' > ')} the part ${chain.join(' > ')} is proposed: ${reached.map((count, i) => `${grouped(count)} get to ${types[i + 1]}`).join(', ')}; events.chain changes it`,
    );
  return notices;
}
