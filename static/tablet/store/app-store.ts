// The one database, session and server of the running app.
import { TabletDatabase } from "./database.ts";
import { Session } from "./session.ts";
import { Server } from "../sync/server.ts";

export const database = new TabletDatabase();
export const session = new Session(database);
export const server = new Server(database);
