// Tablets of the fault run: the app's own store, sealing and synchroniser in plain node, one schedule a line.
// stdin: {"address", "tablets": [{"username", "token", "round", "public_key", "records": […]}]}; stdout: what is left.
import "fake-indexeddb/auto";
import { createHash, randomBytes } from "node:crypto";
import { createInterface } from "node:readline";
import { TabletDatabase } from "../../static/tablet/store/database.ts";
import { finishRecord, listOutbox } from "../../static/tablet/store/outbox.ts";
import { keepSealingKey } from "../../static/tablet/store/sealing-keys.ts";
import { Session } from "../../static/tablet/store/session.ts";
import { Server } from "../../static/tablet/sync/server.ts";
import { Sync } from "../../static/tablet/sync/sync.ts";

interface PlannedRecord {
  instance_id: string;
  form_id: string;
  form_version: string;
  xml: string;
  door: string;
  photos: { name: string; bytes: number }[];
}

interface PlannedTablet {
  username: string;
  token: string;
  round: string;
  public_key: string;
  records: PlannedRecord[];
}

interface Left {
  left: { instance_id: string; state: string; last_error: string }[];
  photos: Record<string, Record<string, string>>; // instance id → name → SHA-256
  tries: number;
}

const SET = "11111111-1111-4111-8111-111111111111";
const FEW = 10; // rounds of PBKDF2
const TRIES = 400;
const PAUSE_MS = 60;
let made = 0;

async function run(address: string, planned: PlannedTablet): Promise<Left> {
  const session = new Session(new TabletDatabase(`soak-${(made += 1)}`), FEW);
  await session.makeVault({ username: planned.username, display_name: planned.username }, "a long passphrase", "123456");
  await session.keepToken(planned.token);
  await keepSealingKey(session, SET, { round: planned.round, public_key: planned.public_key });
  const photos: Left["photos"] = {};
  for (const record of planned.records) {
    const files = record.photos.map(({ name, bytes }) => ({ name, bytes: new Uint8Array(randomBytes(bytes)), type: "image/jpeg" }));
    photos[record.instance_id] = Object.fromEntries(files.map((file) => [file.name, createHash("sha256").update(file.bytes).digest("hex")]));
    const { instance_id, form_id, form_version, xml, door } = record;
    await finishRecord(session, { instance_id, form_id, form_version, xml, files }, { set: SET, round: planned.round, door, outcome: "met" });
  }
  const sync = new Sync(session, new Server(session.database, address));
  let tries = 0;
  while ((await listOutbox(session)).length && tries < TRIES) {
    tries += 1;
    await sync.now();
    await new Promise((done) => setTimeout(done, PAUSE_MS));
  }
  const left = (await listOutbox(session)).map(({ instance_id, state, last_error }) => ({ instance_id, state, last_error }));
  session.database.close();
  return { left, photos, tries };
}

for await (const line of createInterface({ input: process.stdin })) {
  const schedule = JSON.parse(line) as { address: string; tablets: PlannedTablet[] };
  const told = await Promise.all(schedule.tablets.map((tablet) => run(schedule.address, tablet)));
  process.stdout.write(`${JSON.stringify(told)}\n`);
}
