/** Functions and aggregations of PromQL that the files of examples/operation may use. */
const functions = new Set([
  ...['rate', 'increase', 'histogram_quantile', 'predict_linear'],
  ...['sum', 'max', 'min', 'avg', 'count'],
]);
const groupings = new Set(['by', 'without', 'on', 'ignoring']);
const operators = new Set(['and', 'or', 'unless', 'bool']);

const token =
  /\s*(?:("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')|(\d+(?:\.\d+)?(?:[smhdwy]|ms)?)|([A-Za-z_:][\w:]*)|(=~|!~|!=|==|<=|>=|[-+*/%^<>=(){}[\],]))/y;

/** What an expression of PromQL asks for. */
export interface AskedFigures {
  readonly metrics: readonly string[];
  readonly labels: readonly string[];
}

/** Reads an expression. @throws Error where it is none, or uses a function that is not known here */
export function readPromql(expression: string): AskedFigures {
  const tokens: string[] = [];
  token.lastIndex = 0;
  for (let at = 0; at < expression.trimEnd().length; at = token.lastIndex) {
    token.lastIndex = at;
    const [found] = token.exec(expression) ?? [];
    if (found === undefined) throw new Error(`no token at ${at}: ${expression.slice(at)}`);
    tokens.push(found.trim());
  }
  const metrics: string[] = [];
  const labels: string[] = [];
  const open: string[] = [];
  let next = 0;
  const take = (expected?: string | RegExp): string => {
    const found = tokens[next++] ?? 'the end';
    const fits = expected === undefined || (typeof expected === 'string' ? found === expected : expected.test(found));
    if (!fits) throw new Error(`expected ${expected}, found ${found}: ${expression}`);
    return found;
  };
  const name = /^[A-Za-z_][\w]*$/;
  const list = (end: string, item: () => void): void => {
    while (tokens[next] !== end) {
      item();
      if (tokens[next] !== end) take(',');
    }
    take(end);
  };
  while (next < tokens.length) {
    const found = take();
    if (found === '(') open.push(')');
    else if (found === ')') {
      if (open.pop() !== ')') throw new Error(`a bracket too many: ${expression}`);
    } else if (found === '{') {
      list('}', () => {
        labels.push(take(name));
        take(/^(?:=|!=|=~|!~)$/);
        take(/^["']/);
      });
    } else if (found === '[') {
      take(/^\d+[smhdwy]$/);
      take(']');
    } else if (groupings.has(found)) {
      take('(');
      list(')', () => void labels.push(take(name)));
    } else if (/^[A-Za-z_]/.test(found) && !operators.has(found)) {
      const called = tokens[next] === '(' || groupings.has(tokens[next] ?? '');
      if (!called) metrics.push(found);
      else if (!functions.has(found)) throw new Error(`no function ${found}: ${expression}`);
    }
  }
  if (open.length > 0 || metrics.length === 0) throw new Error(`it is not whole: ${expression}`);
  return { metrics, labels };
}
