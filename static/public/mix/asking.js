// The page's questions to the server. The same question is asked once; what fails is said, and may be asked again.

export class Asking {
  constructor({ api, town, fetchJson = getJson }) {
    Object.assign(this, { api, town, fetchJson });
    this.kept = new Map();
  }

  /** `what`: figures, split, exposure, profile, trend, budget; empty parameters are left out. */
  address(what, parameters = {}) {
    const query = new URLSearchParams({ town: this.town });
    for (const [key, value] of Object.entries(parameters)) if (value !== null && value !== undefined && value !== "") query.set(key, value);
    return `${this.api}/${what}/?${query}`;
  }

  get(what, parameters) {
    const address = this.address(what, parameters);
    if (!this.kept.has(address)) {
      const answer = this.fetchJson(address);
      this.kept.set(address, answer);
      answer.catch(() => this.kept.delete(address));
    }
    return this.kept.get(address);
  }

  /** Whole grids under a drawn polygon and their sum. */
  areaOf(source, dimension, corners, csrf) {
    const ring = [...corners, corners[0]];
    const body = JSON.stringify({ town: this.town, source, dimension, polygon: { type: "Polygon", coordinates: [ring] } });
    return this.fetchJson(`${this.api}/area/`, { method: "POST", body, headers: { "Content-Type": "application/json", "X-CSRFToken": csrf } });
  }
}

/** An error whose message is the server's own sentence. */
export async function getJson(address, { method = "GET", body = null, headers = {} } = {}) {
  const response = await fetch(address, { method, body, credentials: "same-origin", headers: { Accept: "application/json", ...headers } });
  const isJson = (response.headers.get("content-type") ?? "").includes("json");
  const answer = isJson ? await response.json() : null;
  if (!response.ok) throw Object.assign(new Error(answer?.sentence ?? answer?.detail ?? ""), { status: response.status });
  return answer;
}
