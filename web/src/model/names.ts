/** Names that prose may use, from the list that the server checks updates against. */
import prose from "../../../schemas/prose.json";

export type BlockKind = "p" | "h3" | "h4" | "h5" | "ul" | "ol" | "quote";

export const blockKinds = prose.nodes.paragraph.kinds as readonly BlockKind[];

const nodes: Readonly<Record<string, { readonly attributes: readonly string[] }>> = prose.nodes;

/** Attributes that a node of this name stores; undefined for names that this version does not know. */
export function storedAttributes(name: string): readonly string[] | undefined {
  return Object.hasOwn(nodes, name) ? nodes[name]?.attributes : undefined;
}

/** Marks with an id in their stored name, so that several of them can lie on the same words: `comment--<id>`. */
export const manyMarks: ReadonlySet<string> = new Set(
  prose.mark_prefixes.map((prefix) => prefix.replace(/--$/, "")),
);

/** Every mark by its plain name. */
export const markNames: ReadonlySet<string> = new Set([...prose.marks, ...manyMarks]);

/** Marks on blocks are stored as attributes that begin with this. */
export const nodeMarkPrefix: string = prose.attribute_prefixes[0] ?? "_mark_";
