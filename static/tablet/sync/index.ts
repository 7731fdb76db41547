// The app's own synchroniser. `createSync` makes others: tests and the fault runs drive it in plain node.
import { server, session } from "../store/app-store.ts";
import { Sync } from "./sync.ts";

export { NoAnswer, Refused, Server, type ServerFacts } from "./server.ts";
export { Sync, type SyncPhase, type SyncState } from "./sync.ts";

export const sync = new Sync(session, server);
