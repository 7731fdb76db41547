// The queue and the record under the keyboard: j k up and down, Enter opens, x ticks, a accepts, b returns.
import { startQueue } from "./queue.js";
import { startRecord } from "./record.js";

const queue = document.querySelector(".queue");
if (queue) startQueue(queue);
if (document.querySelector(".record-grid")) startRecord(document);
document.querySelector("[data-print]")?.addEventListener("click", () => print());
for (const form of document.querySelectorAll("form[data-download]")) {
  form.addEventListener("submit", () => setTimeout(() => delete form.dataset.sent, 1500)); // the page stays: it may be asked again
}
