// Shows the name of the chosen file beside the button that chooses it.
const input = document.querySelector("[data-outbox] input[type=file]");
const name = input.closest(".file-line").querySelector(".file-name");
const none = name.textContent;
input.addEventListener("change", () => (name.textContent = input.files[0]?.name ?? none));
