// The upload form shows only what the chosen kind of file and town need.
const form = document.querySelector("[data-upload]");
const town = form.querySelector("[name=town]");
const newTown = form.querySelector("[data-new-town]");
const osmOnly = form.querySelector("[data-osm-only]");

function arrange() {
  const what = form.querySelector("[name=what]:checked")?.value;
  newTown.hidden = town.value !== "+";
  osmOnly.hidden = what !== "osm";
}

for (const input of form.querySelectorAll("input[type=file]")) {
  const name = input.closest(".file-line").querySelector(".file-name");
  const none = name.textContent;
  input.addEventListener("change", () => (name.textContent = input.files[0]?.name ?? none));
}
form.addEventListener("change", arrange);
arrange();
