import { TandemError } from '../errors/tandem-error.js';
import { isOperatorWord } from './characters.js';
import { limits } from './limits.js';
import type { Token } from './scan-query.js';

/** Tokens whose parentheses pair and whose operators have something to join. */
export type ResolvedToken = Token | { readonly kind: 'and' | 'or' | 'not' };

/**
 * Settles what is an operator: parentheses that pair and hold something group; AND and OR between clauses join them, NOT before one excludes it.
 * All else is text, and so are the three words in a text in capitals, of someone whose keyboard is locked to them.
 * @throws TandemError 'search/bad-query' where groups are nested too deep
 */
export function resolveTokens(tokens: readonly Token[], text: string): ResolvedToken[] {
  const paired = pairGroups(tokens);
  if (isShouted(text)) return paired;
  const followed = standsBeforeOperand(paired);
  /** whether something to join stands before, in each group that is open */
  const before = [false];
  return paired.map((token, i): ResolvedToken => {
    if (token.kind === 'open') before.push(false);
    else if (token.kind === 'close') before.pop();
    else if (token.kind === 'word' && isOperatorWord(token.text) && followed[i]) {
      if (token.text === 'NOT') return { kind: 'not' };
      if (before[before.length - 1]) {
        before[before.length - 1] = false;
        return { kind: token.text === 'AND' ? 'and' : 'or' };
      }
    }
    if (token.kind !== 'open') before[before.length - 1] ||= token.kind !== 'word' || token.hasWord;
    return token;
  });
}

/** Leaves out parentheses that have no partner or hold nothing; `title:(` without a partner is the word title. */
function pairGroups(tokens: readonly Token[]): Token[] {
  const open: { at: number; holds: boolean }[] = [];
  const kept = new Uint8Array(tokens.length);
  for (const [i, token] of tokens.entries()) {
    if (token.kind === 'open') open.push({ at: i, holds: false });
    else if (token.kind === 'close') {
      const group = open.pop();
      if (group?.holds !== true) continue;
      kept[group.at] = kept[i] = 1;
      if (open.length > 0) open[open.length - 1].holds = true;
    } else {
      kept[i] = 1;
      if (open.length > 0) open[open.length - 1].holds ||= token.kind === 'clause' || token.hasWord;
    }
  }
  const left = tokens.flatMap((token, i): Token[] => {
    if (kept[i] === 1) return [token];
    return token.kind === 'open' && token.name !== undefined ? [{ kind: 'word', text: token.name, hasWord: true }] : [];
  });
  checkNesting(left);
  return left;
}

function checkNesting(tokens: readonly Token[]): void {
  let depth = 0;
  for (const { kind } of tokens) {
    if (kind === 'open' && ++depth > limits.depth) {
      throw new TandemError('search/bad-query', `query: at most ${limits.depth} parentheses inside one another`);
    }
    if (kind === 'close') depth--;
  }
}

/** For each operator word, whether something that it can join or exclude stands right behind it. */
function standsBeforeOperand(tokens: readonly Token[]): boolean[] {
  const found: boolean[] = Array(tokens.length).fill(false);
  let operand = false;
  for (let i = tokens.length - 1; i >= 0; i--) {
    const token = tokens[i];
    if (token.kind !== 'word') operand = token.kind !== 'close';
    else if (!isOperatorWord(token.text)) operand ||= token.hasWord;
    else if (token.text !== 'NOT') {
      found[i] = operand;
      operand = false;
    } else operand = found[i] = operand && canBeExcluded(tokens[i + 1], found[i + 1]);
  }
  return found;
}

function canBeExcluded(next: Token, isOperator: boolean): boolean {
  if (next.kind === 'word') return next.hasWord && !isOperator;
  return next.kind !== 'close' && next.sign === '';
}

/** All in capitals, with a word of at least two. */
export function isShouted(text: string): boolean {
  if (/\p{Ll}/u.test(text)) return false;
  return text
    .split(/[\s()]+/)
    .some(word => !isOperatorWord(word) && word !== 'TO' && /\p{Lu}\P{Lu}*\p{Lu}/u.test(word));
}
