import type { Definition, FootnoteDefinition, Nodes, Root } from 'mdast';

/** What a source defines, and who refers to it: words of the document, or what is kept as source. */
export interface References {
  /** The first of each identifier, which is the one that counts. */
  definitions: ReadonlyMap<string, Definition>;
  footnotes: ReadonlyMap<string, FootnoteDefinition>;
  /** Footnotes that are defined within source that is kept, and that words refer to. */
  shared: readonly FootnoteDefinition[];
  /** Whether a definition has its place in the document, so that its own line is not needed. */
  isKept: (node: Definition | FootnoteDefinition) => boolean;
  /** Whether what is kept as source refers to it, so that it is. */
  isInRaw: (node: Definition | FootnoteDefinition) => boolean;
}

export function findReferences(root: Root): References {
  const definitions = new Map<string, Definition>();
  const footnotes = new Map<string, FootnoteDefinition>();
  const within = new Set<FootnoteDefinition>();
  const byWords = new Set<string>();
  const bySource = new Set<string>();
  for (const { node, raw } of placed(root)) {
    if (node.type === 'definition') {
      if (!definitions.has(node.identifier)) definitions.set(node.identifier, node);
    } else if (node.type === 'footnoteDefinition') {
      if (!footnotes.has(node.identifier)) footnotes.set(node.identifier, node);
      if (raw) within.add(node);
    } else if (node.type === 'linkReference' || node.type === 'imageReference') {
      (raw ? bySource : byWords).add(node.identifier);
    } else if (node.type === 'footnoteReference') {
      (raw ? bySource : byWords).add(`^${node.identifier}`);
    }
  }
  const isFirst = (node: Definition | FootnoteDefinition) =>
    (node.type === 'definition' ? definitions : footnotes).get(node.identifier) === node;
  const nameOf = ({ type, identifier }: Definition | FootnoteDefinition) =>
    type === 'definition' ? identifier : `^${identifier}`;
  const isInRaw: References['isInRaw'] = (node) => bySource.has(nameOf(node));
  return {
    ...{ definitions, footnotes, isInRaw },
    shared: [...within].filter((node) => isFirst(node) && byWords.has(nameOf(node))),
    isKept: (node) => {
      if (!isFirst(node)) return false;
      if (node.type === 'definition') return byWords.has(node.identifier) && !isInRaw(node);
      return byWords.has(nameOf(node)) || !isInRaw(node);
    },
  };
}

/** Every node in the order of the text, and whether it is in what is kept as source. */
function* placed(root: Root): Generator<{ node: Nodes; raw: boolean }> {
  const open: { node: Nodes; raw: boolean }[] = [{ node: root, raw: false }];
  for (let at = open.pop(); at; at = open.pop()) {
    yield at;
    const raw = at.raw || at.node.type === 'rawBlock';
    const children: readonly Nodes[] = 'children' in at.node ? at.node.children : [];
    for (let i = children.length - 1; i >= 0; i -= 1) {
      const node = children[i];
      if (node) open.push({ node, raw });
    }
  }
}
