/** A field of a row as text: several values with commas between them; nothing of what is no text, number or truth. */
function textOf(value: unknown): string {
  if (Array.isArray(value)) return value.map(textOf).filter(Boolean).join(', ');
  if (typeof value === 'string') return value.trim();
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : '';
}

/**
 * One text of several fields: `{title}. {description}`. What stands between two fields is written where there is something on both sides,
 * what stands before the first and behind the last where there is anything.
 * @returns '' when the row has none of the fields
 */
export function fillTemplate(template: string, row: Readonly<Record<string, unknown>>): string {
  const [opening, ...parts] = template.split(/\{([^{}]+)\}/);
  let text = '';
  for (let i = 0; i < parts.length; i += 2) {
    const value = textOf(row[parts[i]]);
    if (value !== '') text += text === '' ? value : (i === 0 ? '' : parts[i - 1]) + value;
  }
  return text === '' ? '' : opening + text + parts[parts.length - 1];
}
