// Giving places to workers: select on the map or in the list, see what the balance becomes, save, take back.
import { fetchJson } from "../places/overlay-map.js";
import { AssignMap } from "./assign-map.js";
import { PlaceList } from "./place-list.js";
import { Plan } from "./plan.js";
import { say } from "./text.js";
import { WorkerList } from "./worker-list.js";

const part = (name) => document.querySelector(`[data-${name}]`);

export class AssignPage {
  constructor(state, words) {
    Object.assign(this, { state, words, selected: new Set(), worker: 0 });
    this.language = document.documentElement.lang.startsWith("en") ? "en" : "zh";
  }

  async open() {
    const facts = await fetchJson(this.state.urls.data);
    const mayChange = this.state.may_change;
    this.plan = new Plan(facts);
    this.map = new AssignMap(this.plan, this.state.map, {
      words: this.words,
      language: this.language,
      onBuilding: (at) => mayChange && this.flip(this.plan.inBuilding[at]),
      onLasso: (found) => this.flip(found.flatMap((at) => this.plan.inBuilding[at])),
      onLassoChange: (isOn) => this.showLasso(isOn),
    });
    this.workers = new WorkerList(part("workers"), this.plan, { words: this.words, mayChange, onChoose: (id) => this.choose(id) });
    this.places = new PlaceList(part("places"), this.plan, { words: this.words, mayChange, onPick: (keys, isOn) => this.pick(keys, isOn), onPoint: (buildings, grid) => this.map.mark({ pointed: new Set(buildings), grid: grid ?? "" }) });
    this.listen();
    this.take(facts);
    this.isReady = true;
  }

  listen() {
    part("lasso")?.addEventListener("click", () => this.map.lasso.turn(!this.map.lasso.isOn));
    part("clear")?.addEventListener("click", () => this.select(new Set()));
    part("pick-nobody")?.addEventListener("click", () => this.select(new Set(this.plan.owners.flatMap((owner, key) => (owner ? [] : [key])))));
    part("give")?.addEventListener("click", () => this.give(this.worker));
    part("withdraw")?.addEventListener("click", () => this.give(0));
    part("undo")?.addEventListener("click", () => this.send(this.state.urls.undo, {}));
    document.addEventListener("themechange", () => this.refresh());
    document.addEventListener("keydown", (event) => event.key === "Escape" && this.map.lasso.isOn && this.map.lasso.turn(false));
  }

  /** What the server says stands now. */
  take({ owners, version, last }) {
    this.plan.owners = owners;
    this.version = version;
    part("last").textContent = last;
    if (part("undo")) part("undo").hidden = !last;
    this.places.draw();
    this.map.repaint();
    this.refresh();
  }

  pick(keys, isOn) {
    const next = new Set(this.selected);
    for (const key of keys) if (isOn) next.add(key);
    else next.delete(key);
    this.select(next);
  }

  /** Select these; where all of them are selected already, let them go. */
  flip(keys) {
    if (keys.length) this.pick(keys, !keys.every((key) => this.selected.has(key)));
  }

  select(keys) {
    this.selected = keys;
    this.say("");
    this.refresh();
  }

  choose(id) {
    this.worker = id;
    this.workers.choose(id);
    this.refresh();
  }

  refresh() {
    const { plan, selected, worker, words } = this;
    const buildings = plan.buildingsOf(selected);
    this.map.mark({ selected: buildings });
    this.places.refresh(selected);
    this.workers.show(plan.balance(), selected.size && worker ? plan.preview(selected, worker) : null);
    part("selected").textContent = selected.size ? say(words.selected, { dwellings: plan.dwellingsOf(selected), buildings: buildings.size }) : words.nothing;
    part("how").hidden = selected.size > 0;
    for (const name of ["clear", "withdraw"]) if (part(name)) part(name).disabled = !selected.size;
    if (part("give")) this.refreshGive();
  }

  refreshGive() {
    const { plan, selected, worker, words } = this;
    const chosen = plan.workers.find((one) => one.id === worker);
    const outside = chosen ? plan.outside(selected, worker) : [];
    const isTheirs = Boolean(chosen) && selected.size > 0 && [...selected].every((key) => plan.owners[key] === worker);
    part("give").textContent = chosen ? say(words.give, { name: chosen.name }) : words.choose;
    part("give").disabled = !chosen || !selected.size || outside.length > 0 || isTheirs || this.isBusy;
    const trouble = outside.length && selected.size ? say(words.outside, { count: outside.length, name: chosen.name }) : isTheirs ? say(words.already, { name: chosen.name }) : "";
    part("trouble").textContent = trouble;
  }

  give(worker) {
    return this.send(this.state.urls.change, { places: this.plan.places(this.selected).join(" "), worker: worker ? String(worker) : "" });
  }

  async send(url, facts) {
    if (this.isBusy) return;
    this.isBusy = true;
    const body = new URLSearchParams({ ...facts, seen: this.version, csrfmiddlewaretoken: document.querySelector("input[name=csrfmiddlewaretoken]").value });
    try {
      const answer = await fetch(url, { method: "POST", body, credentials: "same-origin", headers: { Accept: "application/json" } });
      const said = await answer.json();
      if (answer.ok) this.done(said);
      else await this.refused(answer, said);
    } catch {
      this.say(this.words.failed, "bad");
    } finally {
      this.isBusy = false;
      this.refresh();
    }
  }

  done(said) {
    this.selected = new Set();
    this.take(said);
    this.say(this.words.saved, "good");
  }

  /** Somebody else was quicker: show theirs, keep what is selected here. */
  async refused(answer, { sentence }) {
    if (answer.status === 409) this.take(await fetchJson(this.state.urls.data));
    this.say(sentence, "bad");
  }

  say(sentence, look = "") {
    const place = part("said");
    if (!place) return;
    place.textContent = sentence;
    place.className = look ? `said said-${look}` : "said";
  }

  showLasso(isOn) {
    const button = part("lasso");
    button.setAttribute("aria-pressed", String(isOn));
    button.classList.toggle("chosen", isOn);
    this.say(isOn ? this.words.lasso_on : "");
  }
}
