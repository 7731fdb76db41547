// A tablet without a screen, driven over stdin and stdout, one JSON a line: the app's own store and synchroniser
// against a live server. The schedules of the fault runs are made in Python.
//
//   {"do": "sign_in", "address", "username", "password"}   {"do": "download"} → round, forms, doors
//   {"do": "finish", "record": FinishedRecord with base64 bytes, "about": AboutRecord without set and round}
//   {"do": "sync"} → phase, waiting      {"do": "doors"} → doors as the next visit sees them
//   {"do": "outbox"} → rows              {"do": "crash"}: the tab dies where it stands and is opened again
import "fake-indexeddb/auto";
import { createInterface } from "node:readline";
import { fromBase64 } from "../../static/tablet/store/bytes.ts";
import { TabletDatabase } from "../../static/tablet/store/database.ts";
import { finishRecord, listOutbox } from "../../static/tablet/store/outbox.ts";
import { currentPack, downloadPack, listPacks } from "../../static/tablet/store/packs.ts";
import { Session } from "../../static/tablet/store/session.ts";
import { Server } from "../../static/tablet/sync/server.ts";
import { Sync } from "../../static/tablet/sync/sync.ts";
import type { AboutRecord, FinishedRecord } from "../../static/tablet/types.ts";

const PASSPHRASE = "a passphrase of the fault runs";
const PIN = "246810";
const ROUNDS = 10; // of PBKDF2: what it costs is measured elsewhere
// A killed tab lets go of its lock; a crash that is only played would hold it for ever.
Object.defineProperty(globalThis.navigator, "locks", { value: undefined });

type Asked = Record<string, unknown> & { do: string };
type Sent = { record: Omit<FinishedRecord, "files"> & { files: { name: string; content: string }[] }; about: AboutRecord };

const database = new TabletDatabase();
let address = "";
let set = "";
let session = new Session(database, ROUNDS);
let life = 0;
let sync = newSync();

/** Requests of a life that has ended get no answer: nobody is there to hear it. */
function newSync(): Sync {
  const own = (life += 1);
  const fetchWhileAlive: typeof fetch = async (...given) => {
    const answer = await fetch(...given).catch((error: unknown) => (own === life ? Promise.reject(error) : new Promise<never>(() => {})));
    return own === life ? answer : new Promise<never>(() => {});
  };
  return new Sync(session, new Server(database, address, fetchWhileAlive));
}

const commands: Record<string, (asked: Asked) => Promise<object>> = {
  async sign_in(asked) {
    address = String(asked.address);
    const server = new Server(database, address);
    const { token, user } = await server.signIn(String(asked.username), String(asked.password), "fault run");
    await session.makeVault(user, PASSPHRASE, PIN);
    await session.keepToken(token);
    sync = newSync();
    return { username: user.username };
  },
  async download() {
    const server = new Server(database, address);
    set = (await listPacks(session, server))[0]?.set ?? "";
    await downloadPack(session, server, set);
    const pack = await currentPack(session, set);
    return { set, round: pack?.manifest.round.uid, forms: pack?.manifest.forms, ...(await commands.doors!({ do: "doors" })) };
  },
  async doors() {
    const pack = await currentPack(session, set);
    return { doors: pack?.places.doors ?? [] };
  },
  async finish(asked) {
    const { record, about } = asked as unknown as Sent;
    const files = record.files.map((file) => ({ name: file.name, type: "image/jpeg", bytes: fromBase64(file.content) }));
    const round = (await currentPack(session, set))!.manifest.round.uid;
    await finishRecord(session, { ...record, files }, { ...about, set, round });
    return {};
  },
  async sync() {
    const own = sync;
    await Promise.race([own.now({ again: true }), died(life)]);
    return { phase: sync.state.phase, waiting: (await listOutbox(session)).length };
  },
  async outbox() {
    return { rows: await listOutbox(session) };
  },
  async crash() {
    session = new Session(database, ROUNDS);
    await session.openVault((await session.listAccounts())[0]!, PASSPHRASE);
    sync = newSync();
    return {};
  },
};

/** Resolves when the life in which the question was asked has ended. */
async function died(own: number): Promise<void> {
  while (own === life) await new Promise((done) => setTimeout(done, 20));
}

function say(answer: object): void {
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}

async function answer(asked: Asked): Promise<void> {
  try {
    say({ id: asked.id, ok: true, ...(await commands[asked.do]!(asked)) });
  } catch (error) {
    say({ id: asked.id, ok: false, error: error instanceof Error ? `${error.name}: ${error.message}` : String(error) });
  }
}

// A crash may come while another command is under way, so commands do not wait for each other.
for await (const line of createInterface({ input: process.stdin })) void answer(JSON.parse(line) as Asked);
