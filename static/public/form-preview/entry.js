// The preview's tablet lies or stands: two buttons, one frame.

function start(tablet, buttons) {
  for (const button of buttons) {
    button.addEventListener("click", () => {
      tablet.dataset.size = button.dataset.size;
      for (const other of buttons) other.setAttribute("aria-pressed", String(other === button));
    });
  }
}

start(document.querySelector(".preview-tablet"), document.querySelectorAll(".preview-sizes button"));
