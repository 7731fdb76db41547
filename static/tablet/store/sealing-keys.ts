// The public key of each round that this account works in. It stays when a pack expires: a visit that was begun
// under the pack must still be finished and sealed.
import type { Session } from "./session.ts";

export interface SealingKey {
  round: string;
  public_key: string;
}

export function keepSealingKey(session: Session, set: string, key: SealingKey): Promise<void> {
  return session.keepSecret(`sealing/${set}`, key);
}

export function sealingKey(session: Session, set: string): Promise<SealingKey | undefined> {
  return session.secret<SealingKey>(`sealing/${set}`);
}
