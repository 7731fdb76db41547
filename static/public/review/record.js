import { onKeys } from "./keys.js";

export function startRecord(root) {
  const follow = (selector) => () => {
    const link = root.querySelector(selector);
    if (!link) return false;
    link.click();
  };
  const accept = root.getElementById("accept-form");
  const message = root.getElementById("message");
  onKeys({
    j: follow("[data-next]"),
    k: follow("[data-previous]"),
    a: () => (accept ? accept.requestSubmit() : false),
    b: () => (message ? message.focus() : false),
  });
  for (const details of root.querySelectorAll("[data-ask]")) {
    details.addEventListener("toggle", () => details.open && details.querySelector("input").focus());
  }
}
