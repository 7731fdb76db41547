// Two small courtesies: a form is not sent twice, and a destructive button waits for the right name.
export function startForms(root) {
  root.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.method !== "post") return;
    if (form.dataset.sent) return event.preventDefault();
    form.dataset.sent = "1";
  });
  addEventListener("pageshow", () => root.querySelectorAll("form[data-sent]").forEach((form) => delete form.dataset.sent));

  for (const field of root.querySelectorAll("input[data-must-be]")) {
    const button = field.form.querySelector("button[type=submit]");
    const check = () => (button.disabled = field.value.trim() !== field.dataset.mustBe);
    field.addEventListener("input", check);
    check();
  }
  for (const field of root.querySelectorAll("select[data-submits], input[type=date][data-submits]")) {
    field.addEventListener("change", () => field.form.requestSubmit());
  }
}
