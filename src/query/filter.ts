/**
 * A condition over one attribute of a document, or over other conditions. An attribute is named by its path, objects parted by dots
 * (`specs.weight`); nothing is declared beforehand. A list holds when one of its elements does; an attribute that is absent fits nothing.
 * `terms` any of the values, compared as they are: "5" is not 5. `prefix` a text that begins with one of the values, `like` a text that is as a whole
 * as one of the patterns says: `*` stands for any characters, `?` for one, `\\` before them for themselves. `ignoreCase` compares texts without their case. `words` the words of any of the values, next to one another in their order in one
 * text of the attribute, whatever their case, accents and endings; or the number or the boolean that a value writes. `range` inclusive bounds over numbers, or over dates where a bound is
 * an ISO 8601 text; whole numbers beyond 2^53 are texts of their digits, as documents hold them. `nested` one object under a path for which every clause
 * holds, over the paths inside that object. `geo...` over attributes `{lat, lon}` in degrees.
 */
export type FilterClause =
  | {
      readonly terms: {
        readonly field: string;
        readonly values: readonly (string | number | boolean)[];
        readonly ignoreCase?: boolean;
      };
    }
  | { readonly prefix: TextCondition }
  | { readonly like: TextCondition }
  | { readonly words: { readonly field: string; readonly values: readonly string[] } }
  | { readonly range: { readonly field: string; readonly min?: number | string; readonly max?: number | string } }
  | { readonly exists: { readonly field: string } }
  | {
      readonly geoDistance: {
        readonly field: string;
        readonly lat: number;
        readonly lon: number;
        /** metres along a great circle of the sphere of radius 6,371,008.8 m */
        readonly within: number;
      };
    }
  | {
      /** inclusive; west > east crosses the antimeridian */
      readonly geoBox: {
        readonly field: string;
        readonly north: number;
        readonly south: number;
        readonly east: number;
        readonly west: number;
      };
    }
  | { readonly nested: { readonly path: string; readonly filter: readonly FilterClause[] } }
  | { readonly any: readonly FilterClause[] }
  | { readonly not: FilterClause };

export interface TextCondition {
  readonly field: string;
  readonly values: readonly string[];
  readonly ignoreCase?: boolean;
}

/** Every clause must hold. */
export type Filter = readonly FilterClause[];
