import { hasWord, holdsOperatorWord } from './characters.js';
import { isBareBag, noParts, type Parts, textOf, toQuery, withBoost, withField } from './combine.js';
import type { Query } from './query.js';
import type { ResolvedToken } from './resolve-tokens.js';
import type { Sign } from './scan-query.js';

/** Recursive descent over tokens whose parentheses pair and whose operators have operands. */
export function parseTokens(tokens: readonly ResolvedToken[]): { parts: Parts; plain: string } {
  const plain: string[] = [];
  let at = 0;
  /** negations around the token: an even number of them is none */
  let negations = 0;

  const parts = alternatives();
  return { parts, plain: plain.join(' ') };

  function say(words: string | undefined): void {
    if (words !== undefined && negations % 2 === 0) plain.push(words);
  }

  function alternatives(): Parts {
    const found = [conjunction()];
    while (tokens[at]?.kind === 'or') {
      at++;
      found.push(conjunction());
    }
    if (found.length === 1) return found[0];
    const queries = found.map(toQuery);
    const conditions = queries.flatMap(query => ('filter' in query ? [query.filter] : []));
    if (conditions.length < queries.length) return { ...noParts(), should: queries };
    return { ...noParts(), must: [{ filter: { any: conditions } }] };
  }

  function conjunction(): Parts {
    const found = [sequence()];
    while (tokens[at]?.kind === 'and') {
      at++;
      found.push(sequence());
    }
    if (found.length === 1) return found[0];
    return {
      must: found.flatMap(parts => (parts.should.length === 0 ? parts.must : [toQuery(parts)])),
      should: [],
      mustNot: found.flatMap(parts => (parts.should.length === 0 ? parts.mustNot : [])),
    };
  }

  /** Clauses side by side; words that follow one another are one bag. */
  function sequence(): Parts {
    let found = noParts();
    let words: string[] = [];
    let only: Parts | undefined;
    let units = 0;
    const endWords = (): void => {
      const text = words.join(' ');
      words = [];
      if (hasWord(text)) found.should.push({ bag: { text } });
    };
    for (; ; units++) {
      const token = tokens[at];
      if (token === undefined || token.kind === 'close' || token.kind === 'and' || token.kind === 'or') break;
      if (token.kind === 'word') {
        at++;
        words.push(token.text);
        say(token.text);
        continue;
      }
      if (token.kind === 'open' && token.sign === '' && token.name === undefined) {
        const { parts, boost } = group();
        const query = withBoost(toQuery(parts), boost ?? 1);
        if (boost === undefined && isBareBag(query) && !holdsOperatorWord(query.bag.text)) words.push(query.bag.text);
        else {
          endWords();
          if (boost === undefined && units === 0) only = parts;
          addClause(found, '', query);
        }
        continue;
      }
      endWords();
      signed(found);
    }
    if (only !== undefined && units === 1) found = only;
    else endWords();
    return found;
  }

  function signed(into: Parts): void {
    let token = tokens[at];
    let sign: Sign = '';
    if (token.kind === 'not') {
      sign = '-';
      token = tokens[++at];
    } else if (token.kind === 'clause' || token.kind === 'open') sign = token.sign;
    if (sign === '-') negations++;
    addClause(into, sign, unit(token));
    if (sign === '-') negations--;
  }

  function unit(token: ResolvedToken): Query {
    if (token.kind === 'open') {
      const { parts, boost } = group();
      const query = toQuery(parts);
      return withBoost(token.name === undefined ? query : withField(query, token.name), boost ?? 1);
    }
    at++;
    if (token.kind === 'word') {
      say(token.text);
      return { bag: { text: token.text } };
    }
    const { query } = token as Extract<ResolvedToken, { kind: 'clause' }>;
    say(textOf(query));
    return query;
  }

  function group(): { parts: Parts; boost?: number } {
    at++;
    const parts = alternatives();
    const close = tokens[at++] as Extract<ResolvedToken, { kind: 'close' }>;
    return { parts, boost: close.boost };
  }
}

/** A condition must hold where it has no sign: people add it to narrow what they see. */
function addClause(into: Parts, sign: Sign, query: Query): void {
  if ('filter' in query) into.must.push(sign === '-' ? { filter: { not: query.filter } } : query);
  else if (sign === '-') into.mustNot.push(query);
  else if (sign === '+') into.must.push(query);
  else into.should.push(query);
}
