// A town without a run: the button starts the computation and goes to its progress.
import { Words } from "../shell/words.js";

const form = document.querySelector("[data-run-form]");
form?.addEventListener("submit", async (event) => {
  event.preventDefault();
  const problem = form.querySelector("[data-run-problem]");
  const button = form.querySelector("button");
  button.disabled = true;
  problem.hidden = true;
  try {
    const response = await fetch(form.action, { method: "POST", body: new FormData(form), credentials: "same-origin", headers: { Accept: "application/json" } });
    const isJson = (response.headers.get("content-type") ?? "").includes("json");
    const answer = isJson ? await response.json() : null;
    if (!response.ok) throw new Error(answer?.sentence ?? "");
    location.assign(answer?.url ?? response.url);
  } catch (error) {
    const words = new Words(JSON.parse(document.getElementById("coverage-words").textContent), document.documentElement.lang);
    problem.textContent = error.message || words.say("run_failed");
    problem.hidden = false;
    button.disabled = false;
  }
});
