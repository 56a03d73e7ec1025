/** `#`, `-` and `1.` at the start of a paragraph make headings and lists. Backspace directly after takes it back. */
import { InputRule, inputRules, undoInputRule } from "prosemirror-inputrules";
import type { Command, Plugin } from "prosemirror-state";
import type { BlockKind } from "../model/names.ts";

function kindRule(pattern: RegExp, kind: (match: RegExpMatchArray) => BlockKind): InputRule {
  return new InputRule(pattern, (state, match, start, end) => {
    const $start = state.doc.resolve(start);
    const { parent } = $start;
    if (parent.type.name !== "paragraph" || parent.attrs.kind !== "p") return null;
    const tr = state.tr.delete(start, end);
    return tr.setNodeMarkup(
      $start.before(),
      null,
      { ...parent.attrs, kind: kind(match) },
      parent.marks,
    );
  });
}

const headings: readonly BlockKind[] = ["h3", "h4", "h5"];

export function blockInputRules(): Plugin {
  return inputRules({
    rules: [
      kindRule(/^(#{1,3})\s$/, (match) => headings[(match[1]?.length ?? 1) - 1] ?? "h3"),
      kindRule(/^[-*]\s$/, () => "ul"),
      kindRule(/^1[.)]\s$/, () => "ol"),
      kindRule(/^>\s$/, () => "quote"),
    ],
  });
}

export const takeBackRule: Command = undoInputRule;
