// What every screen asks of the moment: who, locked or not, which round, what waits.
import { reactive } from "vue";
import { database, session } from "./store/app-store.ts";
import { forgetPacks, heldPacks } from "./store/packs.ts";
import { countOutbox } from "./store/outbox.ts";
import { sync, type SyncState } from "./sync/index.ts";
import type { AccountRow, PackRow } from "./store/database.ts";

export const now = reactive({
  accounts: [] as AccountRow[],
  account: null as AccountRow | null,
  unlocked: false,
  isSigningIn: false, // a vault is open already, its token is still to come
  hasPin: false,
  set: "", // the assignment set whose pack is open
  packs: [] as PackRow[],
  outboxCount: 0,
  updateWaiting: false,
  worksOffline: false,
  formIsOpen: false, // set by the form screen; an update waits meanwhile
  sync: sync.state as SyncState,
});

/** Open the database (throws where the browser refuses) and keep `now` up to date. */
export async function startApp(): Promise<void> {
  await database.open();
  session.onChange(() => void refreshNow());
  sync.subscribe((state) => {
    now.sync = state;
    now.outboxCount = state.waiting_count;
  });
  await refreshNow();
}

export async function refreshNow(): Promise<void> {
  now.accounts = await session.listAccounts();
  now.account = session.account;
  now.hasPin = session.hasPin;
  now.outboxCount = await countOutbox(session);
  if (!session.isUnlocked) forgetPacks(session);
  now.packs = session.isUnlocked ? await heldPacks(session) : [];
  if (session.isUnlocked && !now.packs.some((pack) => pack.set === now.set)) now.set = newest(now.packs);
  now.unlocked = session.isUnlocked; // last: screens that wait for it find the rest in place
}

function newest(packs: PackRow[]): string {
  return [...packs].sort((a, b) => b.downloaded_at.localeCompare(a.downloaded_at))[0]?.set ?? "";
}
