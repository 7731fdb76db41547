// The notice over the map: what did not work, and a button that tries it again.

export class MapNotice {
  constructor(box) {
    this.box = box;
    box.querySelector("button").addEventListener("click", () => this.retry());
  }

  /** Tiles that do not come are said until they do. */
  follow(mapView, words) {
    mapView.store.addEventListener("failed", () => this.tell(words.say("tiles_failed"), () => mapView.redraw()));
    mapView.store.addEventListener("recovered", () => (this.box.hidden = true));
  }

  tell(sentence, again) {
    this.again = again;
    this.box.querySelector("p").textContent = sentence;
    this.box.hidden = false;
  }

  retry() {
    this.box.hidden = true;
    this.again?.();
  }
}
