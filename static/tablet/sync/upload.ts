// One record to the server: OpenRosa multipart, the same XML in every post, as many files beside it as fit.
import type { OutboxFile, OutboxRecord } from "../store/database.ts";
import { filesOf, noteReceipt, noteState } from "../store/outbox.ts";
import type { Session } from "../store/session.ts";
import { NoAnswer, Refused, type Server, type UploadAnswer } from "./server.ts";

// Small enough that a bad line gets one through, large enough that a good one needs few.
const POST_BYTES = 4 * 2 ** 20;
const POST_FILES = 50;
const POSTS_WITHOUT_PROGRESS = 3;

export type Sent = "received" | "kept"; // kept: stays in the outbox, with its state saying why

/**
 * Throws NoAnswer (nothing known: try again later) and Refused 401, 429 (nothing is wrong with the record).
 */
export async function uploadRecord(session: Session, server: Server, token: string, row: OutboxRecord): Promise<Sent> {
  await noteState(session, row, { state: "sending", last_tried_at: new Date().toISOString(), tries: row.tries + 1, last_error: "" });
  let limit_bytes = POST_BYTES;
  let idle = 0;
  while (idle < POSTS_WITHOUT_PROGRESS) {
    const waiting = (await filesOf(session, row)).filter((file) => !file.is_sent);
    const batch = nextBatch(waiting, limit_bytes);
    const answer = await server.upload(token, row.round, postOf(row, batch, batch.length < waiting.length));
    if (answer.status === 413 && batch.length > 1) {
      limit_bytes = Math.floor(limit_bytes / 2);
      continue;
    }
    const result = await takeAnswer(session, row, answer);
    if (result !== "more") return result;
    const left = (await filesOf(session, row)).filter((file) => !file.is_sent).length;
    idle = left < waiting.length ? 0 : idle + 1;
  }
  await noteState(session, row, { state: "waiting_files", last_error: "files_not_taken" });
  return "kept";
}

async function takeAnswer(session: Session, row: OutboxRecord, answer: UploadAnswer): Promise<Sent | "more"> {
  const { status, receipt } = answer;
  if (receipt && (await noteReceipt(session, row, receipt))) return "received";
  const is_ours = receipt !== null && receipt.sha256 === row.sha256;
  if (status === 201 || status === 202) {
    if (!is_ours) throw new NoAnswer("an answer without our receipt");
    return "more";
  }
  if (status === 408 || status === 423) throw new Refused(status, answer.message);
  const state = status === 409 ? "kept_as_conflict" : "refused";
  await noteState(session, row, { state, last_error: answer.message || `status_${status}` });
  return "kept";
}

/** The sealed XML first: the server can read the record once it has that, photos may follow. */
function nextBatch(waiting: OutboxFile[], limit_bytes: number): OutboxFile[] {
  const ordered = [...waiting].sort((a, b) => Number(b.name === "submission.xml.enc") - Number(a.name === "submission.xml.enc"));
  const batch: OutboxFile[] = [];
  let size = 0;
  for (const file of ordered) {
    size += file.bytes.length;
    if (batch.length && (size > limit_bytes || batch.length >= POST_FILES)) break;
    batch.push(file);
  }
  return batch;
}

function postOf(row: OutboxRecord, files: OutboxFile[], is_incomplete: boolean): FormData {
  const parts = new FormData();
  parts.append("xml_submission_file", new Blob([row.xml], { type: "text/xml" }), "submission.xml");
  for (const file of files) parts.append(file.name, new Blob([file.bytes], { type: file.type }), file.name);
  if (is_incomplete) parts.append("*isIncomplete*", "yes");
  return parts;
}
