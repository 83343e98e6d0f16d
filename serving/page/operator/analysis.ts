import { element } from '../elements.js';
import { field, form, type Part, table } from './part.js';

/** What becomes of a text, step by step. */
export const openAnalysis: Part = (place, service, tell) => {
  const text = element('input', { dir: 'auto', required: true });
  const language = element('input', { placeholder: 'that of the index', maxlength: 35 });
  const answer = element('div');
  const fields = [field('Text', text), field('Language', language)];
  const analyse = async (): Promise<void> => {
    const { language: read, steps } = await service.client.analyze(text.value, language.value.trim() || undefined);
    const rows = steps.map(({ name, tokens }) => [
      name,
      tokens
        .map(({ term, stop, variants = [] }) =>
          [term, stop ? '(stop word)' : '', ...variants.map(each => `| ${each.term} × ${each.share}`)]
            .filter(Boolean)
            .join(' '),
        )
        .join(' · '),
    ]);
    answer.replaceChildren(table(`Read as ${read}`, ['step', 'terms'], rows));
  };
  place.append(element('h2', {}, 'Analysis'), form(fields, 'Analyse', tell, analyse), answer);
  return undefined;
};
