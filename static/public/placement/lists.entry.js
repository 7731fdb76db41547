// The pages of the two lists: the chosen file's name, a button that says it is busy, the faults as a file.
import { saveText } from "./save-text.js";

const faults = document.querySelector("[data-faults]");
if (faults) {
  faults.focus();
  for (const part of faults.querySelectorAll("[data-needs-script]")) part.hidden = false;
  const text = document.getElementById("faults-csv");
  faults.querySelector("[data-save-faults]")?.addEventListener("click", () => saveText("faults.csv", JSON.parse(text.textContent)));
}

for (const form of document.querySelectorAll("[data-list-upload]")) {
  const input = form.querySelector("input[type=file]");
  const name = form.querySelector(".file-name");
  const button = form.querySelector("button[type=submit]");
  const tooLarge = form.querySelector("[data-too-large]");
  const words = { none: name.textContent, idle: button.textContent };
  const isTooLarge = () => (input.files[0]?.size ?? 0) > Number(form.dataset.mostBytes);
  const show = () => {
    tooLarge.hidden = !isTooLarge();
    name.textContent = input.files[0]?.name ?? words.none;
    name.classList.toggle("is-chosen", input.files.length > 0);
  };
  input.addEventListener("change", show);
  form.addEventListener("submit", (event) => {
    // Held back here, before the page's own guard counts it as sent.
    if (isTooLarge()) {
      event.preventDefault();
      event.stopImmediatePropagation();
      return;
    }
    button.textContent = button.dataset.busy;
    button.setAttribute("aria-busy", "true");
  });
  addEventListener("pageshow", () => {
    button.textContent = words.idle;
    button.removeAttribute("aria-busy");
    show();
  });
}
