// The outbox empties itself: when the network comes back, when the app is looked at, when a timer with growing
// pauses says so, or when somebody presses the button. Only one tab sends at a time (a Web Lock names the
// database). A record is deleted on a receipt alone; whatever else happens, it stays.
import type { OutboxRecord } from "../store/database.ts";
import { countOutbox, noteReceipt, noteState, recordsOf } from "../store/outbox.ts";
import type { Session } from "../store/session.ts";
import { NoAnswer, Refused, type Server, type ServerFacts } from "./server.ts";
import { uploadRecord } from "./upload.ts";

const FIRST_PAUSE_MS = 5_000;
const LONGEST_PAUSE_MS = 300_000;
const ASK_AT_ONCE = 50;

export type SyncPhase =
  | "idle" // nothing waits, or nothing can be done until somebody acts
  | "sending"
  | "pausing" // the server did not answer; next try at `next_try_at`
  | "signed_out" // the server no longer knows this tablet: sign in again, the queue stays
  | "locked" // no vault was opened since the page was loaded, so there is no token
  | "elsewhere"; // another tab is sending

export interface SyncState extends ServerFacts {
  phase: SyncPhase;
  waiting_count: number;
  next_try_at: string | null;
}

interface Locks {
  request<Result>(name: string, options: { ifAvailable: true }, work: (lock: unknown) => Promise<Result>): Promise<Result>;
}

export class Sync {
  state: SyncState = { phase: "idle", waiting_count: 0, next_try_at: null, last_answer_at: null, offset_ms: 0 };
  readonly #session: Session;
  readonly #server: Server;
  readonly #listeners = new Set<(state: SyncState) => void>();
  #running: Promise<void> | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #pauses = 0;
  #is_started = false;

  constructor(session: Session, server: Server) {
    this.#session = session;
    this.#server = server;
  }

  /** Told of every change; returns the way to stop listening. */
  subscribe(listener: (state: SyncState) => void): () => void {
    this.#listeners.add(listener);
    listener(this.state);
    return () => this.#listeners.delete(listener);
  }

  /** Begin to send by itself. The caller tells of the network and of being looked at with `now()`. */
  start(): void {
    this.#is_started = true;
    void this.now();
  }

  stop(): void {
    this.#is_started = false;
    clearTimeout(this.#timer);
  }

  /** Send what waits; a call while sending joins it. With `again`, refused records are tried once more too. */
  now({ again = false }: { again?: boolean } = {}): Promise<void> {
    clearTimeout(this.#timer);
    this.#running ??= this.#run(again).finally(() => (this.#running = null));
    return this.#running;
  }

  async #run(again: boolean): Promise<void> {
    if (!this.#session.account || !this.#session.token) return this.#tell({ phase: "locked", next_try_at: null });
    await withLock(`wangge.outbox.${this.#session.database.name}`, async (is_ours) => {
      if (!is_ours) return this.#pause("elsewhere");
      await this.#tell({ phase: "sending", next_try_at: null });
      try {
        const asked_again = await this.#sendAll(again);
        this.#pauses = 0;
        if (asked_again) return this.#pause("pausing");
        await this.#tell({ phase: "idle", next_try_at: null });
      } catch (error) {
        if (error instanceof Refused && error.status === 401) return this.#tell({ phase: "signed_out", next_try_at: null });
        if (!(error instanceof NoAnswer || error instanceof Refused)) throw error;
        await this.#pause("pausing", error instanceof Refused ? error.retry_after_s : 0);
      }
    });
  }

  /** Answers whether something is left that may go better later. */
  async #sendAll(again: boolean): Promise<boolean> {
    const session = this.#session;
    const account = session.owner.id;
    const token = session.token;
    const rows = (await recordsOf(session, account)).filter((row) => again || (row.state !== "refused" && row.state !== "kept_as_conflict"));
    await this.#askFirst(token, rows.filter((row) => row.tries > 0));
    let is_left = false;
    for (const row of await recordsOf(session, account)) {
      if (!rows.some((one) => one.seq === row.seq)) continue;
      if (session.account?.id !== account) return false; // another person took the tablet: their token is not for this
      const sent = await this.#send(token, row);
      is_left ||= sent === "later";
      await this.#tell({});
    }
    return is_left;
  }

  async #send(token: string, row: OutboxRecord): Promise<"done" | "later"> {
    try {
      const sent = await uploadRecord(this.#session, this.#server, token, row);
      return sent === "received" ? "done" : (await this.#stateOf(row)) === "waiting_files" ? "later" : "done";
    } catch (error) {
      await noteState(this.#session, row, { state: "queued", last_error: error instanceof Refused ? error.code || `status_${error.status}` : "no_answer" });
      // A record that the server chokes on must not hold up those behind it.
      if (error instanceof Refused && error.status !== 401 && error.status !== 429) return "later";
      throw error;
    }
  }

  async #stateOf(row: OutboxRecord): Promise<string | undefined> {
    return (await this.#session.database.outbox.get(row.seq!))?.state;
  }

  /** A reply may have been lost after the server had stored the record: ask before sending it all again. */
  async #askFirst(token: string, tried: OutboxRecord[]): Promise<void> {
    for (let at = 0; at < tried.length; at += ASK_AT_ONCE) {
      const asked = tried.slice(at, at + ASK_AT_ONCE);
      const receipts = await this.#server.receipts(token, asked.map((row) => row.instance_id));
      for (const row of asked) {
        for (const receipt of receipts.filter((one) => one.instance_id === row.instance_id)) await noteReceipt(this.#session, row, receipt);
      }
    }
  }

  async #pause(phase: SyncPhase, at_least_s = 0): Promise<void> {
    const grown = Math.min(FIRST_PAUSE_MS * 2 ** this.#pauses, LONGEST_PAUSE_MS);
    this.#pauses += 1;
    const pause_ms = Math.max(grown * (0.5 + Math.random() / 2), at_least_s * 1000); // many tablets, one server: spread them
    const is_needed = this.#is_started && (await countOutbox(this.#session)) > 0;
    if (is_needed) this.#timer = setTimeout(() => void this.now(), pause_ms);
    await this.#tell({ phase, next_try_at: is_needed ? new Date(Date.now() + pause_ms).toISOString() : null });
  }

  async #tell(change: Partial<SyncState>): Promise<void> {
    const facts = await this.#server.facts();
    this.state = { ...this.state, ...facts, ...change, waiting_count: await countOutbox(this.#session) };
    for (const listener of this.#listeners) listener(this.state);
  }
}

async function withLock(name: string, work: (is_ours: boolean) => Promise<void>): Promise<void> {
  const locks = (globalThis as { navigator?: { locks?: Locks } }).navigator?.locks;
  if (!locks) return work(true); // no browser, no second tab
  await locks.request(name, { ifAvailable: true }, (lock) => work(lock !== null));
}
