// The ciphers of a sealed record take a while to be set up: they are fetched when the first one is needed, and a
// little before that while nobody waits (form-ui/warm-up.ts).
import type { Envelope } from "../store/database.ts";
import type { FinishedRecord } from "../types.ts";

export const loadCiphers = (): Promise<typeof import("./envelope.ts")> => import("./envelope.ts");

export async function sealRecord(record: FinishedRecord, round: string, publicKey: string): Promise<Envelope> {
  const { sealRecord: seal } = await loadCiphers();
  return seal(record, round, publicKey);
}
