// The requests that the app makes, and what the server's answers say beside their content: that it is there,
// and what time it is. A captive portal answers 200 to everything, so nothing counts that is not our own JSON.
import type { TabletDatabase } from "../store/database.ts";
import type { PackManifest, PackOffer, Receipt } from "../types.ts";

const SHORT_MS = 20_000;
const LONG_MS = 180_000;

/** No answer at all, or not one of ours: nothing is known about what the server did. */
export class NoAnswer extends Error {
  override name = "NoAnswer";
}

/** The server answered and refused. `code` is its word for why. */
export class Refused extends Error {
  override name = "Refused";
  readonly status: number;
  readonly code: string;
  readonly retry_after_s: number;

  constructor(status: number, code: string, retry_after_s = 0) {
    super(`${status} ${code}`);
    this.status = status;
    this.code = code;
    this.retry_after_s = retry_after_s;
  }
}

export interface SignedIn {
  token: string;
  device: string;
  expires_at: string;
  user: { username: string; display_name: string; language: string };
  server_time: string;
}

export interface UploadAnswer {
  status: number;
  message: string;
  receipt: Receipt | null;
}

export interface ServerFacts {
  last_answer_at: string | null; // by the tablet's clock
  offset_ms: number; // server's clock minus the tablet's
}

export class Server {
  readonly address: string; // "" in the browser: where the app came from
  readonly #database: TabletDatabase;
  readonly #fetch: typeof fetch;

  constructor(database: TabletDatabase, address = "", fetchWith: typeof fetch = (...given) => fetch(...given)) {
    this.#database = database;
    this.address = address;
    this.#fetch = fetchWith;
  }

  signIn(username: string, password: string, name: string): Promise<SignedIn> {
    const body = JSON.stringify({ username, password, name, kind: "tablet" });
    return this.#json("POST", "/api/v1/devices/", { body, headers: { "Content-Type": "application/json" } });
  }

  signOut(token: string, device: string): Promise<unknown> {
    return this.#json("DELETE", `/api/v1/devices/${device}/`, {}, token);
  }

  packs(token: string): Promise<{ packs: PackOffer[] }> {
    return this.#json("GET", "/api/v1/packs/", {}, token);
  }

  /** The first of a round waits until the server has cut out the map of the area. */
  manifest(token: string, set: string): Promise<PackManifest> {
    return this.#json("GET", `/api/v1/packs/${set}/manifest.json`, {}, token, LONG_MS);
  }

  async part(token: string, url: string): Promise<Uint8Array<ArrayBuffer>> {
    const answer = await this.#send("GET", url, {}, token, LONG_MS);
    if (!answer.ok) throw await refusal(answer);
    return new Uint8Array(await whole(answer.arrayBuffer()));
  }

  /** What became of these records, as far as the server knows them. */
  async receipts(token: string, instance_ids: string[]): Promise<Receipt[]> {
    const query = instance_ids.map((id) => `instance_id=${encodeURIComponent(id)}`).join("&");
    return (await this.#json<{ receipts: Receipt[] }>("GET", `/api/v1/receipts/?${query}`, {}, token)).receipts;
  }

  /** One post of a record. Refusals are answers here: 404 and 409 too may carry a receipt. */
  async upload(token: string, round: string, parts: FormData): Promise<UploadAnswer> {
    const url = `/openrosa/submission?round=${encodeURIComponent(round)}`;
    const headers = { "X-OpenRosa-Version": "1.0", Accept: "application/json" };
    const answer = await this.#send("POST", url, { body: parts, headers }, token, LONG_MS);
    if (answer.status === 401 || answer.status === 429 || answer.status >= 500) throw await refusal(answer);
    const found = await ourJson<{ message?: string; code?: string; receipt?: Receipt | null }>(answer);
    return { status: answer.status, message: found.code ?? found.message ?? "", receipt: found.receipt ?? null };
  }

  async facts(): Promise<ServerFacts> {
    const row = await this.#database.kept.get("server");
    return (row?.value as ServerFacts | undefined) ?? { last_answer_at: null, offset_ms: 0 };
  }

  async #json<Answer>(method: string, url: string, more: RequestInit, token = "", patience_ms = SHORT_MS): Promise<Answer> {
    const headers = { Accept: "application/json", ...(more.headers as Record<string, string> | undefined) };
    const answer = await this.#send(method, url, { ...more, headers }, token, patience_ms);
    if (!answer.ok) throw await refusal(answer);
    return answer.status === 204 ? (undefined as Answer) : ourJson<Answer>(answer);
  }

  async #send(method: string, url: string, more: RequestInit, token: string, patience_ms: number): Promise<Response> {
    const headers = { ...(more.headers as Record<string, string> | undefined), ...(token && { Authorization: `Bearer ${token}` }) };
    const signal = AbortSignal.timeout(patience_ms);
    const how: RequestInit = { ...more, method, headers, signal, cache: "no-store", credentials: "omit", redirect: "error" };
    let answer: Response;
    try {
      answer = await this.#fetch(this.address + url, how);
    } catch (error) {
      throw new NoAnswer("the server cannot be reached", { cause: error });
    }
    await this.#note(answer);
    return answer;
  }

  /** Only our own server sends this header, on every answer of the interface. */
  async #note(answer: Response): Promise<void> {
    const time = answer.headers.get("X-Wangge-Time") ?? (answer.headers.has("X-OpenRosa-Version") ? answer.headers.get("Date") : null);
    const server_ms = time ? Date.parse(time) : NaN;
    if (Number.isNaN(server_ms)) return;
    const value: ServerFacts = { last_answer_at: new Date().toISOString(), offset_ms: server_ms - Date.now() };
    await this.#database.kept.put({ key: "server", value });
  }
}

async function refusal(answer: Response): Promise<Refused | NoAnswer> {
  const after_s = Number(answer.headers.get("Retry-After")) || 0;
  try {
    const found = await ourJson<{ code?: string }>(answer);
    return new Refused(answer.status, found.code ?? "", after_s);
  } catch {
    // An answer without our JSON: a proxy between us, or our own server in trouble.
    return answer.status === 401 || answer.status === 429 ? new Refused(answer.status, "", after_s) : new NoAnswer(`status ${answer.status}`);
  }
}

async function ourJson<Answer>(answer: Response): Promise<Answer> {
  if (!(answer.headers.get("Content-Type") ?? "").includes("json")) throw new NoAnswer("not our server");
  return (await whole(answer.json())) as Answer;
}

/** An answer that breaks off in its middle is no answer. */
async function whole<Content>(reading: Promise<Content>): Promise<Content> {
  try {
    return await reading;
  } catch (error) {
    throw new NoAnswer("the answer broke off", { cause: error });
  }
}
