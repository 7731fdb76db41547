import { start } from "./draw-page.js";

start(document);
