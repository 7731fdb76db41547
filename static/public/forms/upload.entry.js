// The upload of a workbook: shows the chosen file's name, and that the check is under way.
const form = document.querySelector("[data-form-upload]");
const input = form.querySelector("input[type=file]");
const name = form.querySelector(".file-name");
const button = form.querySelector("button[type=submit]");
const none = name.textContent;

input.addEventListener("change", () => (name.textContent = input.files[0]?.name ?? none));
form.addEventListener("submit", () => {
  button.disabled = true;
  button.textContent = button.dataset.busy;
});
// Coming back by the browser's history finds the form usable again.
window.addEventListener("pageshow", (event) => {
  if (!event.persisted) return;
  button.disabled = false;
  button.textContent = button.dataset.idle;
});
