import { onKeys } from "./keys.js";

export function startQueue(table) {
  const rows = [...table.querySelectorAll("[data-row]")];
  const form = document.getElementById("accept-many");
  let at = -1;

  const go = (index) => {
    if (!rows.length) return;
    at = Math.max(0, Math.min(rows.length - 1, index));
    rows.forEach((row, i) => row.classList.toggle("is-at", i === at));
    rows[at].scrollIntoView({ block: "nearest" });
    rows[at].querySelector("a.row-link").focus({ preventScroll: true });
  };
  const link = () => rows[at]?.querySelector("a.row-link");
  onKeys({
    j: () => go(at + 1),
    k: () => go(at < 0 ? 0 : at - 1),
    x: () => toggle(rows[at]),
    a: () => accept(form, rows[at]),
    b: () => link() && location.assign(`${link().href}#message`),
  });
  if (form) startTicks(form);
}

function toggle(row) {
  const box = row?.querySelector("input[name=record]");
  if (!box) return false;
  box.checked = !box.checked;
  box.dispatchEvent(new Event("change", { bubbles: true }));
}

/** The row under the cursor alone: its own box is ticked and the form that accepts the ticked ones is sent. */
function accept(form, row) {
  const box = row?.querySelector("input[name=record]");
  if (!box || !form.querySelector("[data-accept-ticked]")) return false;
  for (const other of form.querySelectorAll("input[name=record]")) other.checked = other === box;
  form.requestSubmit();
}

function startTicks(form) {
  const button = form.querySelector("[data-accept-ticked]");
  const all = form.querySelector("[data-tick-all]");
  if (!button || !all) return;
  const boxes = [...form.querySelectorAll("input[name=record]")];
  const show = () => {
    const count = boxes.filter((box) => box.checked).length;
    button.disabled = count === 0;
    button.querySelector("[data-ticked-count]").textContent = count ? ` ${count}` : "";
    all.checked = count === boxes.length;
    all.indeterminate = count > 0 && count < boxes.length;
  };
  all.addEventListener("change", () => {
    for (const box of boxes) box.checked = all.checked;
    show();
  });
  form.addEventListener("change", show);
  show();
}
