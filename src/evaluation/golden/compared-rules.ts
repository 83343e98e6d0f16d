import type { RuleAction } from '../../curation/rule.js';

/** What a rule by itself does to the first ten hits of a query. */
export interface RuledQuery {
  readonly query: string;
  readonly actions: readonly RuleAction[];
  /** of the nearest example, where the rule holds for its nearness */
  readonly cosine?: number;
  /** what was searched for in place of the text */
  readonly text?: string;
  /** ids that are among the first ten with the rule alone, those that no more are, and how many stand at another place */
  readonly came: readonly string[];
  readonly went: readonly string[];
  readonly moved: number;
}

export interface ComparedRule {
  readonly id: string;
  /** waiting: its first moment is to come; over: its last one is past */
  readonly state: 'holds' | 'waiting' | 'over';
  /** golden queries that it holds for */
  readonly queries: readonly RuledQuery[];
  /** ids that it names and that are no documents */
  readonly unknown: readonly string[];
}

/** What rules do to golden queries. */
export interface ComparedRules {
  readonly queries: number;
  /** queries that some rule holds for, and those whose first ten hits are others with all rules than without */
  readonly held: number;
  readonly changed: number;
  readonly rules: readonly ComparedRule[];
}
