// The sheets of paper of a draw: their one button prints. Without this script the browser's own menu does.
const button = document.querySelector("[data-print]");
button.hidden = false;
button.addEventListener("click", () => print());
