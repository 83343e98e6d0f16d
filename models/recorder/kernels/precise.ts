import type { GraphBuilder } from '../graph-builder.js';

/**
 * log(1 + x) to full precision: with t = x / (2 + x), log(1 + x) = 2 artanh t, which loses nothing where 1 + x would round x away.
 * Near -1 and for large x the plain form is the exact one.
 */
export function log1p(graph: GraphBuilder, x: string): string {
  const ratio = graph.node('Div', [x, graph.node('Add', [x, graph.float(2)])]);
  const series = graph.node('Mul', [graph.node('Atanh', [ratio]), graph.float(2)]);
  return whereSmall(graph, x, series, graph.node('Log', [graph.node('Add', [x, graph.float(1)])]));
}

/** exp(x) - 1 to full precision: with t = tanh(x / 2), exp(x) - 1 = 2 t / (1 - t), which subtracts nothing that is nearly equal. */
export function expm1(graph: GraphBuilder, x: string): string {
  const half = graph.node('Tanh', [graph.node('Mul', [x, graph.float(0.5)])]);
  const series = graph.node('Div', [graph.node('Add', [half, half]), graph.node('Sub', [graph.float(1), half])]);
  return whereSmall(graph, x, series, graph.node('Sub', [graph.node('Exp', [x]), graph.float(1)]));
}

/** One value where |x| < 1/2, another elsewhere. */
function whereSmall(graph: GraphBuilder, x: string, small: string, large: string): string {
  const isSmall = graph.node('Less', [graph.node('Abs', [x]), graph.float(0.5)]);
  return graph.node('Where', [isSmall, small, large]);
}
