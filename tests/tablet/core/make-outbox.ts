// Used by the server's tests: what a tablet would export for these records, made by the app's own code.
// node make-outbox.ts < {"public_key", "round", "records": [{"instance_id", "form_id", "form_version", "xml", "files": [{"name", "content"}]}], "draft"?}
import "fake-indexeddb/auto";
import { text } from "node:stream/consumers";
import { fromBase64 } from "../../../static/tablet/store/bytes.ts";
import { TabletDatabase } from "../../../static/tablet/store/database.ts";
import { saveDraft } from "../../../static/tablet/store/drafts.ts";
import { exportOutbox, finishRecord } from "../../../static/tablet/store/outbox.ts";
import { keepSealingKey } from "../../../static/tablet/store/sealing-keys.ts";
import { Session } from "../../../static/tablet/store/session.ts";

interface Asked {
  public_key: string;
  round: string;
  records: { instance_id: string; form_id: string; form_version: string; xml: string; files: { name: string; content: string }[] }[];
  draft?: { form_id: string; form_version: string; xml: string };
}

const SET = "11111111-1111-4111-8111-111111111111";
const asked = JSON.parse(await text(process.stdin)) as Asked;
const session = new Session(new TabletDatabase(), 10);
await session.makeVault({ username: "wang", display_name: "王" }, "a long passphrase", "123456");
await keepSealingKey(session, SET, { round: asked.round, public_key: asked.public_key });
for (const one of asked.records) {
  const files = one.files.map((file) => ({ name: file.name, bytes: fromBase64(file.content), type: "image/jpeg" }));
  await finishRecord(session, { ...one, files }, { set: SET, round: asked.round, door: "1", outcome: "met" });
}
if (asked.draft) {
  const at = new Date().toISOString();
  const { form_id, form_version, xml } = asked.draft;
  await saveDraft(session, { id: "d", set: SET, door: "1", form_id, form_version, started_at: at, changed_at: at, state: { xml, hidden: {}, page: 0 } });
}
process.stdout.write(await (await exportOutbox(session)).text());
