import { parser } from '@prometheus-io/lezer-promql';

/** A metric that an expression asks for, with the labels by which it does. */
export interface Selector {
  readonly metric: string;
  readonly labels: readonly string[];
}

export interface Asked {
  readonly selectors: readonly Selector[];
  /** Labels by which the whole expression groups. */
  readonly grouping: readonly string[];
}

/** What an expression of PromQL asks for. Throws where it is none. */
export function readPromql(expression: string): Asked {
  const selectors: { metric: string; labels: string[] }[] = [];
  const grouping: string[] = [];
  let groups = false;
  const text = (node: { from: number; to: number }) => expression.slice(node.from, node.to);
  parser.parse(expression).iterate({
    enter(node) {
      if (node.type.isError) throw new Error(`Not PromQL: ${expression}, at ${node.from}`);
      if (node.name === 'GroupingLabels') groups = true;
      if (node.name === 'VectorSelector') selectors.push({ metric: '', labels: [] });
      const last = selectors.at(-1);
      if (node.name === 'Identifier' && last !== undefined) last.metric = text(node);
      if (node.name !== 'LabelName') return;
      if (groups) grouping.push(text(node));
      else last?.labels.push(text(node));
    },
    leave(node) {
      if (node.name === 'GroupingLabels') groups = false;
    },
  });
  return { selectors, grouping };
}
