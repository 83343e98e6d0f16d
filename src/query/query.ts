import type { FilterClause } from './filter.js';

/**
 * A query as a tree: what the query string is parsed into, and the JSON form of `POST /search`. Leaves that hold text are analysed by the
 * chain of the query's language when they are looked up. Every leaf adds to the score what BM25F gives it, times its boost.
 */
export type Query = BagQuery | PhraseQuery | PrefixQuery | FuzzyQuery | AllQuery | FilterQuery | BoolQuery;

interface Leaf {
  /** fields to look in; all indexed ones when absent */
  readonly fields?: readonly string[];
  /** > 0, at most 1e6; 1 when absent */
  readonly boost?: number;
}

/** The terms of a text, any of them or all; the plain query of a person is one of these. */
export interface BagQuery {
  readonly bag: Leaf & { readonly text: string /** 'any' when absent */; readonly operator?: 'any' | 'all' };
}

/**
 * The terms of a text next to one another in their order, in one field. With slop, terms may stand apart or change places: the sum of the moves
 * that bring them together is at most `slop` (a swap of neighbours costs 2). Scored as one term that occurs once for each match, weighted
 * 1 / (1 + moves), its idf the sum of those of the terms; every place of the word that is rarest in the field has one match, its cheapest.
 */
export interface PhraseQuery {
  readonly phrase: Leaf & { readonly text: string /** 0..100; 0 when absent */; readonly slop?: number };
}

/**
 * Terms that begin with a word, which is folded but not stemmed (src/text/prefix-forms.ts: and the stem of the word that is being typed); each
 * counts as the query's own term (the most frequent ones, up to a bound), with the idf of the most frequent one.
 */
export interface PrefixQuery {
  readonly prefix: Leaf & { readonly text: string };
}

/** Terms within a number of edits of the term of a word; each counts 1 / (1 + edits) of an exact one, with the idf of the most frequent one. */
export interface FuzzyQuery {
  readonly fuzzy: Leaf & {
    readonly text: string /** by the length of the term when absent: 0 below 3, 1 below 6, else 2 */;
    readonly edits?: 0 | 1 | 2;
  };
}

/** Every document, with score 1: what a filter, a sort or a score function alone asks. */
export interface AllQuery {
  readonly all: Record<string, never>;
}

/** Documents that meet a condition over attributes; adds nothing to the score. */
export interface FilterQuery {
  readonly filter: FilterClause;
}

/**
 * Every `must` and no `mustNot` clause matches, and at least `minimumShould` of `should`; the scores of all `must` and `should` clauses that match are added up.
 * A clause whose text holds no term (signs) is as if it were not there.
 */
export interface BoolQuery {
  readonly bool: {
    readonly must?: readonly Query[];
    readonly should?: readonly Query[];
    readonly mustNot?: readonly Query[];
    /** 0 when absent and there is a `must` clause, otherwise 1 (0 without `should`) */
    readonly minimumShould?: number;
    readonly boost?: number;
  };
}

/**
 * What multiplies a score: score * product over functions of (1 + weight * f), f in [0, 1]. A document without the attribute has f = 0.
 * - recency and closeness: `decay`: gauss exp(ln(decay) * d^2), exponential exp(ln(decay) * d), linear max(0, 1 - (1 - decay) * d),
 *   d = max(0, |value - origin| - offset) / scale; a date's origin may be 'now' and its scale is in days
 * - popularity: `saturation`: value / (value + pivot), value >= 0
 */
export type ScoreFunction =
  | {
      readonly decay: {
        readonly field: string;
        readonly shape: 'gauss' | 'exponential' | 'linear';
        readonly origin: number | string;
        readonly scale: number;
        readonly offset?: number;
        /** f at distance `scale`, in (0, 1); .5 when absent */
        readonly at?: number;
        readonly weight?: number;
      };
    }
  | { readonly saturation: { readonly field: string; readonly pivot: number; readonly weight?: number } };

/** How texts are put in order: as the language does, or besides with runs of digits by their number, or by their code units. */
export type TextOrder = 'language' | 'numeric' | 'none';

/** Order of documents by an attribute; one without it comes last in either order, ties by id. */
export interface FieldOrder {
  readonly field: string;
  readonly order: 'ascending' | 'descending';
}

/** Order of hits. `_score` = the score. */
export interface SortKey extends FieldOrder {
  /** `language` when absent: that of the request; ids stand by their code units */
  readonly collation?: TextOrder;
}

/** Counts over all documents that match: the most common values of an attribute, or the first ones, or ranges [from, to). */
export type FacetRequest =
  | {
      readonly field: string;
      /** 10 when absent */
      readonly size?: number;
      /** `count` when absent: the most common first, ties by value; `value`: false, true, numbers rising, texts */
      readonly order?: 'count' | 'value';
      /** of the texts; `language` when absent */
      readonly collation?: TextOrder;
      readonly stats?: boolean;
    }
  | {
      readonly field: string;
      readonly ranges: readonly { readonly from?: number; readonly to?: number }[];
      readonly stats?: boolean;
    };

export interface Facet {
  readonly field: string;
  readonly values?: readonly { readonly value: string | number | boolean; readonly count: number }[];
  readonly ranges?: readonly { readonly from?: number; readonly to?: number; readonly count: number }[];
  /** documents that have the attribute among those that match */
  readonly documents: number;
  /** the least and the greatest number, dates in milliseconds; where they were asked for and there are any */
  readonly stats?: { readonly min: number; readonly max: number };
}
