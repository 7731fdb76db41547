// A job's bar fetches itself again while the job is open; slower and slower, and not in a hidden tab.
const FIRST_WAIT_MS = 700;
const LONGEST_WAIT_MS = 5000;

export function startJobs(root) {
  root.querySelectorAll("[data-job-part]").forEach((part) => follow(part, FIRST_WAIT_MS));
}

function follow(part, waitMs) {
  if (part.dataset.open !== "1") return;
  setTimeout(async () => {
    if (document.hidden) return follow(part, waitMs);
    const next = await fetchPart(part.dataset.jobPart);
    if (!next) return follow(part, LONGEST_WAIT_MS);
    part.replaceWith(next);
    applyBar(next);
    if (next.dataset.open !== "1" && next.dataset.wholePage === "1") location.reload();
    follow(next, Math.min(waitMs * 1.2, LONGEST_WAIT_MS));
  }, waitMs);
}

async function fetchPart(url) {
  try {
    const answer = await fetch(url, { headers: { "X-Requested-With": "fetch" } });
    const elsewhere = answer.headers.get("X-Location");
    if (elsewhere) location.assign(elsewhere);
    if (!answer.ok) return null;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    return document.adoptNode(page.querySelector("[data-job-part]"));
  } catch (refused) {
    if (refused instanceof TypeError) return null; // the network is away: ask again later
    throw refused;
  }
}

function applyBar(part) {
  part.dispatchEvent(new CustomEvent("jobchange", { bubbles: true, detail: { state: part.dataset.state } }));
}
