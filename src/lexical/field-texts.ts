import { bounds } from '../columns/attributes.js';
import type { DocumentRow } from '../config/rows.js';

/**
 * The texts of a document's field, in its order: a string, the strings of a list and of objects inside, a number as it is written; anything else is no
 * text. A field may be a path, `specs.color`, as attributes have them; what is written `{"specs.color": ...}` lies there too.
 * @param others  paths inside the field that are fields of their own
 */
export function fieldTexts(document: DocumentRow, field: string, others: ReadonlySet<string> = none): string[] {
  const texts: string[] = [];
  const read = (path: string, value: unknown, depth: number): void => {
    if (typeof value === 'string') texts.push(value);
    else if (typeof value === 'number') texts.push(String(value));
    if (typeof value !== 'object' || value === null || depth === bounds.depth) return;
    if (Array.isArray(value)) for (const each of value) read(path, each, depth + 1);
    else for (const [key, inner] of Object.entries(value)) readInner(`${path}.${key}`, inner, depth + 1);
  };
  const readInner = (path: string, value: unknown, depth: number): void => {
    if (!others.has(path)) read(path, value, depth);
  };
  /** @param rest  what of the path lies below the value */
  const follow = (value: unknown, rest: string, depth: number): void => {
    if (typeof value !== 'object' || value === null || depth > bounds.depth) return;
    if (Array.isArray(value)) {
      for (const each of value) follow(each, rest, depth + 1);
      return;
    }
    if (Object.hasOwn(value, rest)) read(field, Reflect.get(value, rest), depth);
    for (let dot = rest.indexOf('.'); dot >= 0; dot = rest.indexOf('.', dot + 1)) {
      const head = rest.slice(0, dot);
      if (Object.hasOwn(value, head)) follow(Reflect.get(value, head), rest.slice(dot + 1), depth + 1);
    }
  };
  follow(document, field, 0);
  return texts;
}

const none: ReadonlySet<string> = new Set();
