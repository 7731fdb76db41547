// The verify page: fetch the public archive, redo it here, say what agrees, open the own row.
import { checkArchive, isComplete } from "./archive-check.js";
import { findReceipt, openRow } from "./own-row.js";

const filled = (text, values) => text.replace(/\{(\w+)\}/g, (_all, name) => values[name] ?? "");

export async function start(document) {
  const state = JSON.parse(document.getElementById("verify-state").textContent);
  const page = new VerifyPage(document, state);
  if (!globalThis.crypto?.subtle) page.say("wrong", state.words.no_crypto);
  else await page.run();
}

class VerifyPage {
  constructor(document, state) {
    Object.assign(this, { document, state, words: state.words });
    this.verdict = document.querySelector("[data-verdict]");
    this.stopped = this.verdict.textContent.trim();
  }

  say(kind, sentence) {
    this.verdict.dataset.is = kind;
    this.verdict.textContent = [this.stopped, sentence].filter(Boolean).join(" ");
  }

  async run() {
    this.say("running", this.words.running);
    let archive;
    try {
      const answer = await fetch(this.state.archive);
      if (!answer.ok) throw new Error(`${answer.status}`);
      archive = await answer.json();
    } catch {
      this.say("wrong", this.words.no_archive);
      return;
    }
    try {
      this.show(await checkArchive(archive), archive);
    } catch {
      this.say("wrong", this.words.unreadable);
      return;
    }
    this.listen(archive);
  }

  show(findings, archive) {
    for (const one of findings) this.list(one);
    const wrong = findings.filter((one) => !one.isRight).length;
    if (this.state.isPublished && !isComplete(archive)) this.say("wrong", this.words.unreadable);
    else if (wrong) this.say("wrong", filled(this.words.some_wrong, { count: wrong }));
    else this.say(this.state.isStopped ? "stopped" : "right", filled(this.words[this.rightWord()], { count: findings.length }));
  }

  rightWord() {
    if (this.state.isStopped) return "stopped_right";
    return this.state.isPublished ? "all_right" : "so_far_right";
  }

  list({ step, code, party, isRight }) {
    const row = this.document.createElement("li");
    const mark = this.document.createElement("b");
    mark.textContent = isRight ? this.words.right : this.words.wrong;
    const word = code === "commitment" && !party ? this.words.commitments_missing : filled(this.words[code], { party });
    row.classList.toggle("is-wrong", !isRight);
    row.append(mark, word);
    this.document.querySelector(`[data-step="${step}"] [data-checks]`).append(row);
  }

  listen(archive) {
    const form = this.document.querySelector("[data-own-form]");
    form.querySelector("[data-own-go]").disabled = false;
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      void this.answer(archive, form.elements.receipt.value, form.elements.secret.value);
    });
  }

  async answer(archive, typed, secret) {
    const box = this.document.querySelector("[data-own-answer]");
    const found = await findReceipt(archive, typed);
    const lines = found.isListed ? [[filled(this.words.listed, found), ""]] : [[filled(this.words.not_listed, found), "is-wrong"]];
    if (found.place) lines.push([filled(this.words.placed, { ...found, count: archive.order.length }), ""]);
    if (found.isListed && secret.trim() && "results" in archive) lines.push(...(await this.result(archive, found.receipt, secret)));
    else if (found.isListed && !("results" in archive)) lines.push([this.state.isStopped ? this.words.row_never : this.words.row_later, ""]);
    box.replaceChildren(...lines.map(([sentence, name]) => {
      const line = this.document.createElement("p");
      line.textContent = sentence;
      line.className = name;
      return line;
    }));
  }

  async result(archive, receipt, secret) {
    const row = await openRow(archive, receipt, secret);
    if (!row) return [[this.words.row_closed, "is-wrong"]];
    const building = this.state.buildings[row.building] || row.building;
    const sentence = filled(building ? this.words.row_building : this.words.row_none, { building, label: row.class });
    return [[sentence, "is-result"], [filled(this.words.row_short, { short: row.row.slice(0, 12) }), ""]];
  }
}
