import { startPrint } from "./print-page.js";

startPrint(document);
