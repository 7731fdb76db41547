// A server on a real socket that speaks our part of OpenRosa and fails as it is told: drops before or after storing,
// cuts its answer, says 500, answers like a captive portal. It keeps records as the true one does: one a (form,
// instance id), the same bytes are the same record, other bytes are a conflict that is kept beside it.
import { createHash } from "node:crypto";
import { createServer, type IncomingMessage, type Server as HttpServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { Receipt } from "../../../static/tablet/types.ts";

export type Fault =
  | "drop_before" // the connection breaks before anything is stored
  | "drop_after" // stored, but the answer never comes
  | "cut_answer" // stored, the answer breaks off in its middle
  | "portal" // somebody else's login page, 200
  | "error" // 500
  | "too_large" // 413
  | "unauthorised"; // 401

interface Stored {
  sha256: string;
  files: Map<string, string>; // name → sha256
  expected: string[];
}

export class FaultServer {
  readonly stored = new Map<string, Stored>();
  readonly conflicts: string[] = [];
  posts = 0;
  asked = 0;
  slow_ms = 0;
  largest_bytes = Infinity;
  faults: Fault[] = []; // taken one a post, first first
  refuseReceipt = false; // answers 201 without a receipt of ours
  readonly #http: HttpServer;

  constructor() {
    this.#http = createServer((request, answer) => void this.#answer(request, answer));
  }

  get address(): string {
    return `http://127.0.0.1:${(this.#http.address() as AddressInfo).port}`;
  }

  start(): Promise<void> {
    return new Promise((done) => this.#http.listen(0, "127.0.0.1", done));
  }

  stop(): Promise<void> {
    this.#http.closeAllConnections();
    return new Promise((done) => this.#http.close(() => done()));
  }

  async #answer(request: IncomingMessage, answer: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? "", "http://here");
    if (url.pathname === "/api/v1/receipts/") {
      this.asked += 1;
      const ids = url.searchParams.getAll("instance_id").filter((id) => this.stored.has(id));
      return this.#json(answer, 200, { receipts: ids.map((id) => this.#receipt(id)) });
    }
    this.posts += 1;
    const fault = this.faults.shift();
    if (fault === "drop_before") return void request.socket.destroy();
    const body = Buffer.concat(await Array.fromAsync(request as AsyncIterable<Buffer>));
    if (this.slow_ms) await new Promise((done) => setTimeout(done, this.slow_ms));
    if (fault === "error") return this.#json(answer, 500, { code: "broken" });
    if (fault === "unauthorised") return this.#json(answer, 401, { code: "authentication_failed" });
    if (fault === "portal") return void answer.writeHead(200, { "Content-Type": "text/html" }).end("<h1>请先登录网络</h1>");
    if (fault === "too_large" || body.length > this.largest_bytes) return this.#json(answer, 413, { code: "too_large" });
    const parts = await new Response(body, { headers: { "Content-Type": request.headers["content-type"]! } }).formData();
    const { status, receipt } = await this.#store(parts);
    if (fault === "drop_after") return void request.socket.destroy();
    const text = JSON.stringify({ message: "ok", receipt: this.refuseReceipt ? null : receipt });
    answer.writeHead(status, this.#headers(text.length));
    if (fault === "cut_answer") return void answer.write(text.slice(0, 20), () => request.socket.destroy());
    answer.end(text);
  }

  async #store(parts: FormData): Promise<{ status: number; receipt: Receipt }> {
    const xml = await (parts.get("xml_submission_file") as File).text();
    const sha256 = hash(xml);
    const id = /instanceID>([^<]+)</.exec(xml)![1]!;
    const known = this.stored.get(id);
    if (known && known.sha256 !== sha256) {
      this.conflicts.push(sha256);
      return { status: 409, receipt: { ...this.#receipt(id), sha256, state: "kept_as_conflict", may_delete: true } };
    }
    const expected = [...xml.matchAll(/<(?:file|encryptedXmlFile)>([^<]+)</g)].map((found) => found[1]!);
    const record = known ?? { sha256, files: new Map<string, string>(), expected };
    this.stored.set(id, record);
    for (const [name, part] of parts) {
      if (expected.includes(name)) record.files.set(name, hash(Buffer.from(await (part as File).arrayBuffer())));
    }
    return { status: 201, receipt: this.#receipt(id) };
  }

  #receipt(id: string): Receipt {
    const record = this.stored.get(id)!;
    const files_missing = record.expected.filter((name) => !record.files.has(name));
    const at = new Date().toISOString();
    return {
      instance_id: id,
      form_id: "wangge_visit",
      sha256: record.sha256,
      server_version: 1,
      photos_received: record.expected.length - files_missing.length,
      photos_expected: record.expected.length,
      files_missing,
      state: files_missing.length ? "waiting" : "applied",
      held_reason: "",
      received_at: at,
      server_time: at,
      may_delete: files_missing.length === 0,
    };
  }

  #json(answer: ServerResponse, status: number, body: unknown): void {
    const text = JSON.stringify(body);
    answer.writeHead(status, this.#headers(Buffer.byteLength(text))).end(text);
  }

  #headers(length: number): Record<string, string> {
    return { "Content-Type": "application/json", "Content-Length": String(length), "X-Wangge-Time": new Date().toISOString() };
  }
}

function hash(content: string | Buffer): string {
  return createHash("sha256").update(content).digest("hex");
}
