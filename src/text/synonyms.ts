import { TandemError } from '../errors/tandem-error.js';
import type { Analyzer, Token } from './analyzer.js';
import { alphabetic, longestCut } from './vocabulary.js';

/** Rules, alternatives of one rule, words and UTF-16 units of one alternative. */
export const mostRules = 100_000;
const mostAlternatives = 100;
const mostWordsOfOne = 16;
const longestAlternative = 255;
export const longestLine = 32_768;

/** What a synonym counts, as a share of the stretch that was written: a little doubt. */
export const synonymShare = 0.8;

/** One rule: where a query writes one of `from`, each of `to` is asked for too. */
export interface SynonymRule {
  readonly from: readonly string[];
  readonly to: readonly string[];
  /** whether what was written goes on counting; false for `=>`, unless it stands on the right as well */
  readonly keeps: boolean;
}

/** Another way to write a stretch of a query. */
export interface Alternative {
  /** as the rule has it */
  readonly text: string;
  /** its terms in order, at least one, with their distance from the first */
  readonly terms: readonly { readonly term: string; readonly position: number }[];
}

/** A stretch of a query with the other ways to write it. */
export interface SynonymSpan {
  /** tokens [from, to) of the query */
  readonly from: number;
  readonly to: number;
  /** whether the stretch itself is asked for as well */
  readonly keeps: boolean;
  /** at least one, at most 100; the stretch itself is not among them */
  readonly alternatives: readonly Alternative[];
}

/**
 * Reads rules in Solr's format, one to a line: `tv, television, telly` for words that stand for each other, `couch, settee => sofa` to ask for the
 * right in place of the left. A backslash takes the next character as it is; empty lines and lines that begin with # are passed over.
 * @throws TandemError 'text/bad-synonyms' naming the line, counted from 1
 */
export function parseSynonyms(lines: readonly string[]): SynonymRule[] {
  const rules: SynonymRule[] = [];
  lines.forEach((line, i) => {
    if (line.trim() === '' || line.trimStart().startsWith('#')) return;
    rules.push(parseRule(line, i + 1));
    if (rules.length > mostRules) refuse(i + 1, `more than ${mostRules} rules`);
  });
  return rules;
}

/** Rules as they may be stored: without the lines that say nothing. @throws TandemError 'text/bad-synonyms' */
export function checkedSynonyms(lines: readonly string[]): string[] {
  parseSynonyms(lines);
  return lines.filter(line => line.trim() !== '' && !line.trimStart().startsWith('#'));
}

const refuse = (line: number, reason: string): never => {
  throw new TandemError('text/bad-synonyms', `rule ${line}: ${reason}`, { line });
};

function parseRule(line: string, number: number): SynonymRule {
  if (line.length > longestLine) refuse(number, `more than ${longestLine} UTF-16 units`);
  const sides = splitRule(line).map(side => side.map(text => text.trim().replace(/\s+/g, ' ')));
  if (sides.length > 2) refuse(number, 'more than one =>');
  for (const side of sides) {
    if (side.length > mostAlternatives) refuse(number, `more than ${mostAlternatives} alternatives`);
    for (const text of side) checkAlternative(text, number);
  }
  const [from, to = from] = sides;
  if (sides.length === 1 && from.length < 2) refuse(number, 'one word alone has no synonym');
  return { from, to, keeps: sides.length === 1 };
}

function checkAlternative(text: string, number: number): void {
  if (text === '') refuse(number, 'an alternative is empty');
  if (text.length > longestAlternative)
    refuse(number, `an alternative has more than ${longestAlternative} UTF-16 units`);
  if (text.split(' ').length > mostWordsOfOne) refuse(number, `an alternative has more than ${mostWordsOfOne} words`);
}

/** The sides of a rule, parted by =>, each as its alternatives, parted by commas. */
function splitRule(line: string): string[][] {
  const sides = [['']];
  for (let i = 0; i < line.length; i++) {
    const side = sides[sides.length - 1];
    if (line[i] === ',') side.push('');
    else if (line.startsWith('=>', i)) {
      sides.push(['']);
      i++;
    } else {
      if (line[i] === '\\' && i + 1 < line.length) i++;
      side[side.length - 1] += line[i];
    }
  }
  return sides;
}

/** Rules as the terms of one chain, a tree by term and distance from the term before. */
export interface SynonymTree {
  readonly root: SynonymNode;
}

interface SynonymNode {
  readonly next: Map<string, SynonymNode>;
  /** where rules end here: their right sides, the first 100, each shared by all left sides of its rule */
  rights?: (readonly Alternative[])[];
  keeps?: boolean;
}

const newNode = (): SynonymNode => ({ next: new Map() });
const step = (gap: number, term: string): string => `${gap}\0${term}`;

/** Words that a side may be written of as one: ice box, icebox. */
const mostGlued = 3;
const glued = (text: string): string | undefined => {
  const words = text.split(/[ -]/);
  const written = words.join('');
  const may = words.length > 1 && words.length <= mostGlued && written.length <= longestCut && alphabetic.test(written);
  return may ? written : undefined;
};

/** Analyses rules by a chain; alternatives of which the chain leaves nothing are passed over. A left side is known in one word too. */
export function compileSynonyms(rules: readonly SynonymRule[], analyzer: Analyzer): SynonymTree {
  const root = newNode();
  const analysed = (text: string): Alternative | undefined => {
    const tokens = analyzer.analyze(text);
    if (tokens.length === 0) return undefined;
    return { text, terms: tokens.map(({ term, position }) => ({ term, position: position - tokens[0].position })) };
  };
  for (const { from, to, keeps } of rules) {
    const right = to.map(analysed).filter(found => found !== undefined);
    const left = from === to ? right : from.map(analysed).filter(found => found !== undefined);
    const asOne = left
      .flatMap(({ text }) => analysed(glued(text) ?? '') ?? [])
      .filter(({ terms }) => terms.length === 1);
    for (const { terms } of [...left, ...asOne]) {
      const node = nodeOf(root, terms);
      node.rights ??= [];
      if (node.rights.length < mostAlternatives) node.rights.push(right);
      node.keeps = keeps || node.keeps === true;
    }
  }
  return { root };
}

function nodeOf(root: SynonymNode, terms: Alternative['terms']): SynonymNode {
  let node = root;
  terms.forEach(({ term, position }, i) => {
    const key = step(i === 0 ? 0 : position - terms[i - 1].position, term);
    const next = node.next.get(key) ?? newNode();
    node.next.set(key, next);
    node = next;
  });
  return node;
}

/** What a word and the next one are as one word, by the place of the first of them; undefined where they are none. */
export type GluedTerms = (from: number) => string | undefined;

/**
 * The stretches of a query that rules name: from the left the longest one at each word, none overlapping (Solr's SynonymGraphFilter). Words between which
 * one was dropped stand apart as they do in the rule.
 * @param tokens  of the chain that the rules were compiled by
 * @param gluedAt  two words name a rule of one word too: ice box, icebox
 */
export function expandSynonyms(
  tokens: readonly Pick<Token, 'term' | 'position'>[],
  { root }: SynonymTree,
  gluedAt: GluedTerms = () => undefined,
): SynonymSpan[] {
  const spans: SynonymSpan[] = [];
  for (let from = 0; from < tokens.length; ) {
    const found = longestRule(tokens, from, root) ?? gluedRule(from, root, gluedAt);
    const span = found && spanOf(tokens, from, found.to, found.node);
    if (span !== undefined) spans.push(span);
    from = found?.to ?? from + 1;
  }
  return spans;
}

function gluedRule(
  from: number,
  { next }: SynonymNode,
  gluedAt: GluedTerms,
): { readonly node: SynonymNode; readonly to: number } | undefined {
  const term = gluedAt(from);
  const node = term === undefined ? undefined : next.get(step(0, term));
  return node?.rights === undefined ? undefined : { node, to: from + 2 };
}

function longestRule(
  tokens: readonly Pick<Token, 'term' | 'position'>[],
  from: number,
  root: SynonymNode,
): { readonly node: SynonymNode; readonly to: number } | undefined {
  let found: { node: SynonymNode; to: number } | undefined;
  let node: SynonymNode | undefined = root;
  for (let to = from; to < tokens.length; to++) {
    node = node.next.get(step(to === from ? 0 : tokens[to].position - tokens[to - 1].position, tokens[to].term));
    if (node === undefined) break;
    if (node.rights !== undefined) found = { node, to: to + 1 };
  }
  return found;
}

const identity = (terms: Alternative['terms']): string =>
  JSON.stringify(terms.map(({ term, position }) => [term, position]));

/** @returns undefined where the rules only repeat what is written */
function spanOf(
  tokens: readonly Pick<Token, 'term' | 'position'>[],
  from: number,
  to: number,
  node: SynonymNode,
): SynonymSpan | undefined {
  const written = tokens
    .slice(from, to)
    .map(({ term, position }) => ({ term, position: position - tokens[from].position }));
  const own = identity(written);
  const alternatives = new Map<string, Alternative>();
  let keeps = node.keeps === true;
  for (const right of node.rights ?? []) {
    for (const alternative of right) {
      const key = identity(alternative.terms);
      if (key === own) keeps = true;
      else if (alternatives.size < mostAlternatives && !alternatives.has(key)) alternatives.set(key, alternative);
    }
  }
  return alternatives.size === 0 ? undefined : { from, to, keeps, alternatives: [...alternatives.values()] };
}
