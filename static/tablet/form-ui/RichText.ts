// The light formatting that form labels may carry: bold, emphasis, lines, lists. Links become plain
// words: offline they lead nowhere, and a form is no place to leave the app from. Raw HTML stays text.
import { h, type FunctionalComponent, type VNodeChild } from "vue";
import type { RichNode, RichRange } from "../form/xforms.ts";

const ALLOWED = new Set(["p", "strong", "em", "u", "br", "ul", "ol", "li", "div", "span"]);

const RichText: FunctionalComponent<{ text: RichRange | null }> = (props) => {
  if (props.text === null) return null;
  const formatted = props.text.formatted;
  const isPlain = formatted.every((node) => node.role === "child");
  return isPlain ? props.text.asString.trim() : formatted.map(draw);
};
RichText.props = ["text"];

function draw(node: RichNode): VNodeChild {
  if (node.role === "child") return node.value;
  if (node.role === "line-break") return h("br");
  if (node.role === "html") return node.unsafeHtml;
  const isHeading = /^h[1-6]$/.test(node.elementName);
  const tag = isHeading ? "strong" : ALLOWED.has(node.elementName) ? node.elementName : "span";
  return h(tag, node.children.map(draw));
}

export default RichText;
