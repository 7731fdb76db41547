// The page 摇号: a party may hash its nonce here, a nonce is tried against its commitment, and time runs.
import { startCountdown } from "./countdown.js";
import { canHash, commitmentOf, doubtAbout, newNonce } from "./nonce.js";

// The server's clock decides: where this computer's is ahead of it, the page asks again now and then.
const AGAIN_MS = 15_000;

export function start(document, reload = () => globalThis.location.reload()) {
  const { words } = JSON.parse(document.getElementById("draw-state").textContent);
  for (const form of document.querySelectorAll("form:has([data-hash])")) startMaker(form, words);
  for (const form of document.querySelectorAll("form[data-opens]")) startTrying(form, words);
  for (const element of document.querySelectorAll("[data-until]")) startCountdown(element, words, (_, sawItRun) => over(document, element, words, sawItRun ? reload : () => setTimeout(reload, AGAIN_MS)));
}

/** A page that somebody is typing in is not taken away. */
function over(document, element, words, reload) {
  const typed = [...document.querySelectorAll("main input:not([type=hidden], [readonly]), main textarea")].some((field) => field.value !== field.defaultValue);
  element.textContent = typed ? words.over_typing : words.over;
  if (!typed) reload();
}

function say(element, sentence, isWrong = false) {
  element.textContent = sentence;
  element.classList.toggle("is-wrong", isWrong);
}

function startMaker(form, words) {
  const maker = form.querySelector("[data-hash-maker]");
  const [hash, nonce, said] = ["[data-hash]", "[data-nonce]", "[data-said]"].map((name) => form.querySelector(name));
  maker.hidden = false;
  if (!canHash()) {
    nonce.disabled = maker.querySelector("[data-make]").disabled = true;
    say(said, words.no_crypto, true);
    return;
  }
  const work = async () => {
    const typed = nonce.value, doubt = doubtAbout(typed);
    hash.value = "";
    if (!typed.trim()) return say(said, "");
    if (doubt === "short") return say(said, words.short, true);
    const digest = await commitmentOf(typed.trim());
    if (nonce.value !== typed) return; // typed on while the hash was made
    hash.value = digest;
    say(said, doubt ? words.edges : words.hashed, Boolean(doubt));
  };
  nonce.addEventListener("input", work);
  // Only when the field is left: whoever types a space in the middle of a phrase is not interrupted.
  nonce.addEventListener("change", () => { nonce.value = nonce.value.trim(); });
  maker.querySelector("[data-make]").addEventListener("click", () => {
    nonce.value = newNonce();
    void work();
  });
}

function startTrying(form, words) {
  const nonce = form.querySelector("[data-nonce]"), said = form.querySelector("[data-said]");
  if (!canHash()) return;
  nonce.addEventListener("input", async () => {
    const typed = nonce.value;
    if (!typed) return say(said, "");
    const fits = (await commitmentOf(typed)) === form.dataset.opens;
    if (nonce.value === typed) say(said, fits ? words.fits : words.fits_not, !fits);
  });
}
