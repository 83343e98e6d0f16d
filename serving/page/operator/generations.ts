import type { GenerationInfo } from '../../../src/search/backend.js';
import { button, element } from '../elements.js';
import { type Part, table } from './part.js';

interface Told {
  readonly generations: readonly GenerationInfo[];
  readonly addition?: { readonly state: string; readonly text: string };
}

/** The generations of the index: which is searched, and which could be. */
export const openGenerations: Part = (place, service, tell) => {
  const change = async (path: string, question: string): Promise<void> => {
    if (!confirm(question)) return;
    await service.json(path, {});
    await load();
    tell('Searches use another generation from now on.');
  };
  const load = async (): Promise<void> => {
    const { generations, addition } = await service.json<Told>('generations');
    const rows = generations.map(
      ({ number, modelId, created, fusionWeight, active, previous, ready, embedded, documents, behind }) => [
        number,
        modelId?.slice(0, 12) ?? 'words alone',
        created,
        fusionWeight,
        `${embedded.toLocaleString('en')} of ${documents.toLocaleString('en')}${behind > 0 ? `, ${behind} writes behind` : ''}`,
        active ? 'searched' : previous ? 'searched before' : ready ? 'ready' : 'being made',
        active || !ready
          ? ''
          : button(
              'Switch',
              { 'aria-label': `Switch to ${number}` },
              () => void change(`generations/${number}/switch`, `Search with generation ${number}?`).catch(tell),
            ),
      ],
    );
    place.replaceChildren(
      element('h2', {}, 'Generations'),
      table(
        'Models that the index can be searched with',
        ['number', 'model', 'made', 'weight of vectors', 'embedded', 'state', 'change'],
        rows,
      ),
      ...(addition ? [element('p', {}, `${addition.state}: ${addition.text}`)] : []),
      ...(generations.some(({ previous }) => previous)
        ? [
            element(
              'p',
              {},
              button(
                'Roll back',
                {},
                () => void change('generations/rollback', 'Go back to the generation before?').catch(tell),
              ),
            ),
          ]
        : []),
    );
  };
  load().catch(tell);
  return undefined;
};
