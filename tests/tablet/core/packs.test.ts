// A pack replaces the old one whole or not at all, and never touches a draft or the outbox.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";
import { newSession, record, ROUND, roundKey, SET } from "./tablets.ts";
import { saveDraft } from "../../../static/tablet/store/drafts.ts";
import { finishRecord, listOutbox, noteReceipt, recordsOf } from "../../../static/tablet/store/outbox.ts";
import { AppTooOld, DamagedPart, downloadPack } from "../../../static/tablet/store/pack-fetch.ts";
import { baseMap, branchOf, currentPack, formDefinition, heldPacks } from "../../../static/tablet/store/packs.ts";
import { VaultLocked, type Session } from "../../../static/tablet/store/session.ts";
import { entityUpdate, localVisits } from "../../../static/tablet/store/visits.ts";
import { NoAnswer, Server } from "../../../static/tablet/sync/server.ts";
import type { AboutRecord, PackManifest } from "../../../static/tablet/types.ts";

const DOOR = "33010000100100001010101";
const ENTITY = "6e1f0f6c-8f4e-4a44-9f0e-0a1b2c3d4e5f";
const { publicKey } = await roundKey();

/** What a server would serve; a test changes it between two downloads. */
class Packs {
  parts = new Map<string, string>();
  formVersion = "1";
  expires_at = new Date(Date.now() + 86_400_000).toISOString();
  server_time = new Date().toISOString();
  min_client = 1;
  fetched: string[] = [];
  broken = "";

  constructor(version = 3, facts: Record<string, string> = { has_lift: "no" }) {
    this.door(version, facts);
    this.parts.set("returned.json", "[]");
    this.parts.set("notice.json", JSON.stringify({ version: 1, text: { zh: "告知", en: "Notice" }, contact: "" }));
    this.parts.set("base.pmtiles", "PMTiles…");
  }

  door(version: number, facts: Record<string, string>): void {
    const door = { code: DOOR, building: DOOR.slice(0, 17), unit: 1, floor: 1, door: 1, entity: ENTITY, version, label: "1号楼 101", facts };
    const more = { occupancy: "", open_needs: [], attempts: 0, last_visit: null, is_declined: false };
    this.parts.set("places.json", JSON.stringify({ buildings: [], doors: [{ ...door, ...more }], outline: null }));
  }

  manifest(): PackManifest {
    const form = `form-hh-${this.formVersion}.xml`;
    const parts = new Map([...this.parts, [form, `<h:html version="${this.formVersion}"/>`]]);
    const round = { uid: ROUND, name: "秋季走访", starts_on: "2026-11-01", ends_on: "2026-11-30", state: "open", attempt_cap: 3, cool_down_hours: 4 };
    return {
      set: SET,
      version: createHash("sha256").update(JSON.stringify([...parts])).digest("hex"),
      round: { ...round, town: { slug: "x", name_zh: "新桥", name_en: "Xinqiao", time_zone: "Asia/Shanghai" } } as PackManifest["round"],
      public_key: publicKey,
      forms: [{ form_id: "hh", version: this.formVersion, part: form, is_visit_form: false, title: { zh: "表", en: "Form" } }],
      parts: [...parts].map(([name, content]) => ({ name, sha256: createHash("sha256").update(content).digest("hex"), bytes: content.length, url: `/part/${encodeURIComponent(name)}` })),
      expires_at: this.expires_at,
      server_time: this.server_time,
      min_client: this.min_client,
    };
  }

  server(session: Session): Server {
    return new Server(session.database, "http://here", async (given) => {
      const { pathname } = new URL(String(given));
      if (pathname.endsWith("/manifest.json")) return Response.json(this.manifest());
      const name = decodeURIComponent(pathname.slice("/part/".length));
      this.fetched.push(name);
      if (name === this.broken) return new Response("not what the manifest said");
      return new Response(this.parts.get(name) ?? `<h:html version="${/form-hh-(.*)\.xml/.exec(name)?.[1]}"/>`);
    });
  }
}

async function fetchPack(session: Session, packs: Packs): Promise<void> {
  await downloadPack(session, packs.server(session), SET);
}

function saying(xml: string): { record: Parameters<typeof finishRecord>[1]; about: AboutRecord } {
  const { record: done, about } = record(DOOR);
  return { record: { ...done, xml: done.xml.replace("<orx:meta>", `<orx:meta>${xml}`) }, about };
}

test("a pack is read back whole: places, form, notice, base map", async () => {
  const session = await newSession();
  const seen: number[] = [];
  const packs = new Packs();
  await downloadPack(session, packs.server(session), SET, (done, total) => seen.push(done / total));
  const pack = await currentPack(session, SET);
  assert.equal(pack?.places.doors[0]?.label, "1号楼 101");
  assert.equal((await formDefinition(session, "hh", "1"))?.xml, '<h:html version="1"/>');
  assert.equal(pack?.notice?.text.zh, "告知");
  assert.equal(await (await baseMap(session, SET))?.text(), "PMTiles…");
  assert.equal(seen.at(-1), 1);
});

test("only what changed is fetched again", async () => {
  const session = await newSession();
  const packs = new Packs();
  await fetchPack(session, packs);
  packs.fetched = [];
  packs.door(4, {});
  await fetchPack(session, packs);
  assert.deepEqual(packs.fetched, ["places.json"]);
  assert.equal((await currentPack(session, SET))?.places.doors[0]?.version, 4);
});

test("a damaged part leaves the old pack as it was", async () => {
  const session = await newSession();
  const packs = new Packs();
  await fetchPack(session, packs);
  packs.door(9, {});
  packs.broken = "places.json";
  await assert.rejects(fetchPack(session, packs), DamagedPart);
  assert.equal((await currentPack(session, SET))?.places.doors[0]?.version, 3);
});

test("an answer that is not our server's changes nothing", async () => {
  const session = await newSession();
  await fetchPack(session, new Packs());
  const portal = new Server(session.database, "http://here", async () => new Response("<h1>登录</h1>", { headers: { "Content-Type": "text/html" } }));
  await assert.rejects(downloadPack(session, portal, SET), NoAnswer);
  assert.ok(await currentPack(session, SET));
});

test("an app that is too old says so instead of misreading", async () => {
  const session = await newSession();
  const packs = new Packs();
  packs.min_client = 99;
  await assert.rejects(fetchPack(session, packs), AppTooOld);
});

test("a locked tablet gives no pack, though it was read before", async () => {
  const session = await newSession();
  await fetchPack(session, new Packs());
  await currentPack(session, SET);
  session.lock();
  await assert.rejects(currentPack(session, SET), VaultLocked);
});

test("an expired pack goes, drafts and outbox stay, and a draft can still be finished", async () => {
  const session = await newSession();
  const packs = new Packs();
  packs.expires_at = new Date(Date.now() - 1000).toISOString();
  await fetchPack(session, packs);
  const { record: done, about } = record(DOOR);
  const at = new Date().toISOString();
  await saveDraft(session, { id: "d1", set: SET, door: DOOR, form_id: "hh", form_version: "1", started_at: at, changed_at: at, state: { xml: done.xml, hidden: {}, page: 0 } });
  assert.equal(await currentPack(session, SET), null);
  assert.deepEqual(await heldPacks(session), []);
  assert.equal((await formDefinition(session, "hh", "1"))?.xml, '<h:html version="1"/>');
  await finishRecord(session, done, { ...about, draft_id: "d1" });
  assert.equal((await listOutbox(session)).length, 1);
});

test("a draft keeps the version of its form while a newer one is served; without drafts the old one goes", async () => {
  const session = await newSession();
  const packs = new Packs();
  await fetchPack(session, packs);
  const at = new Date().toISOString();
  const draft = { id: "d1", set: SET, door: DOOR, form_id: "hh", form_version: "1", started_at: at, changed_at: at, state: { xml: "<data/>", hidden: {}, page: 0 } };
  await saveDraft(session, draft);
  packs.formVersion = "2";
  await fetchPack(session, packs);
  assert.equal((await formDefinition(session, "hh", "1"))?.version, "1");
  assert.equal((await currentPack(session, SET))?.manifest.forms[0]?.version, "2");
  assert.equal((await formDefinition(session, "hh", "2"))?.xml, '<h:html version="2"/>');
  await session.database.drafts.delete("d1");
  await fetchPack(session, packs);
  assert.equal(await formDefinition(session, "hh", "1"), undefined);
});

test("the entity element of a record is read whatever its attributes' order", () => {
  const xml = '<meta><entity trunkVersion="3" update="1" branchId="b" id="x" baseVersion="4" dataset="dwellings"/></meta>';
  assert.deepEqual(entityUpdate(xml), { base_version: 4, trunk_version: 3, branch_id: "b" });
  assert.equal(entityUpdate('<entity dataset="households" create="1" id="x"/>'), null);
  assert.equal(entityUpdate('<entity dataset="dwellings" update="0" baseVersion="1"/>'), null);
  assert.equal(entityUpdate("<data/>"), null);
});

test("a second visit at a door grows from the first: version, branch and facts before any upload", async () => {
  const session = await newSession();
  await fetchPack(session, new Packs());
  const [before] = (await currentPack(session, SET))!.places.doors;
  assert.deepEqual([before?.version, before?.trunk_version], [3, 3]);
  assert.match(before!.branch_id, /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  const { record: done, about } = saying(`<entity dataset="dwellings" update="1" baseVersion="3" trunkVersion="3" branchId="${before!.branch_id}"/>`);
  await finishRecord(session, done, { ...about, facts: { occupancy: "vacant" } });
  const [after] = (await currentPack(session, SET))!.places.doors;
  assert.deepEqual([after?.version, after?.trunk_version, after?.branch_id], [4, 3, before?.branch_id]);
  assert.deepEqual(after?.facts, { has_lift: "no", occupancy: "vacant" });
});

test("5,000 doors have 5,000 branches, others in the next download, and the same again in the same one", () => {
  const doors = Array.from({ length: 5000 }, () => crypto.randomUUID());
  const seeds = ["a", "b"].map((name) => createHash("sha256").update(name).digest("hex"));
  const branches = seeds.map((seed) => doors.map((door) => branchOf(seed, door)));
  assert.equal(new Set(branches.flat()).size, 10_000);
  assert.ok(branches.flat().every((one) => /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/.test(one)));
  assert.deepEqual(doors.map((door) => branchOf(seeds[0]!, door)), branches[0]);
});

test("a fresh pack that knows the visit ends the branch; one made before it does not", async () => {
  const session = await newSession();
  const packs = new Packs();
  await fetchPack(session, packs);
  const { record: done, about } = saying('<entity dataset="dwellings" update="1" baseVersion="3" trunkVersion="3" branchId="b"/>');
  await finishRecord(session, done, about);
  const [row] = await recordsOf(session, session.owner.id);
  const received = new Date().toISOString();
  const receipt = { instance_id: row!.instance_id, form_id: "hh", sha256: row!.sha256, server_version: 1, photos_received: 0, photos_expected: 0, files_missing: [] };
  await noteReceipt(session, row!, { ...receipt, state: "applied", held_reason: "", received_at: received, server_time: received, may_delete: true });

  packs.server_time = new Date(Date.parse(received) - 1).toISOString(); // the manifest was made a moment earlier
  await fetchPack(session, packs);
  assert.equal((await localVisits(session, SET)).length, 1);
  packs.server_time = new Date(Date.parse(received) + 1).toISOString();
  packs.door(4, {});
  await fetchPack(session, packs);
  assert.deepEqual(await localVisits(session, SET), []);
  const [door] = (await currentPack(session, SET))!.places.doors;
  assert.deepEqual([door?.version, door?.trunk_version], [4, 4]);
});

test("a corrected record leaves the list of returned ones before the upload", async () => {
  const session = await newSession();
  const packs = new Packs();
  packs.parts.set("returned.json", JSON.stringify([{ instance_id: "uuid:old", form_id: "hh", form_version: "1", door: DOOR, xml: "<data/>", files: [], message: "", comments: [], by: "", at: "" }]));
  await fetchPack(session, packs);
  assert.equal((await currentPack(session, SET))?.returned.length, 1);
  const { record: done, about } = record(DOOR);
  await finishRecord(session, done, { ...about, replaces: "uuid:old" });
  assert.equal((await currentPack(session, SET))?.returned.length, 0);
});
