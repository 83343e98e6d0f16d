import { element } from '../elements.js';
import { type Part, table } from './part.js';

interface Reports {
  readonly kept: boolean;
  readonly reports: readonly { readonly name: string; readonly written: string; readonly bytes: number }[];
}

/** Reports that commands wrote: of golden queries and how they drift, of what a log says, of an evaluation. */
export const openReports: Part = (place, service, tell) => {
  const load = async (): Promise<void> => {
    const { kept, reports } = await service.json<Reports>('reports');
    const rows = reports.map(({ name, written, bytes }) => [
      element('a', { href: `reports/${name}`, target: '_blank', rel: 'noopener' }, name),
      written,
      bytes,
    ]);
    const none = kept
      ? 'The folder of --reports holds none yet: tandem evaluate --golden golden.jsonl --out golden.html writes one, tandem rank labels --report log.html another.'
      : 'This service shows none. Start it with --reports FOLDER, and have commands write their reports there.';
    place.replaceChildren(
      element('h2', {}, 'Reports'),
      rows.length === 0
        ? element('p', {}, none)
        : table('Reports, the last ones first', ['report', 'written', 'bytes'], rows),
      ...(rows.length > 0 && service.key !== undefined
        ? [element('p', {}, 'A report opens in a tab of its own, where the browser asks for the key as a password.')]
        : []),
    );
  };
  load().catch(tell);
  return undefined;
};
