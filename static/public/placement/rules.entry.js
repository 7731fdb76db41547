// The form of rules: beside each factor, how many flats out of ten it lets one tenure have.
import { factorOf, mostOf } from "./cap-example.js";

const form = document.querySelector("[data-rules]");
if (form) {
  const whole = Number(form.dataset.whole);
  const flats = Number(form.dataset.flats);
  const low = form.querySelector("[data-low]");
  for (const part of form.querySelectorAll("[data-needs-script]")) part.hidden = false;

  const tell = () => {
    let isLow = false;
    for (const row of form.querySelectorAll("tr[data-count]")) {
      const text = row.querySelector("input").value;
      const cell = row.querySelector("[data-most]");
      const factor = factorOf(text);
      isLow ||= factor !== null && factor < 1;
      if (cell) cell.textContent = mostOf(text, Number(row.dataset.count), whole, flats) ?? "—";
    }
    low.hidden = !isLow;
  };
  form.addEventListener("input", tell);
  tell();
}
