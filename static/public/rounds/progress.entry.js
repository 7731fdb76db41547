import { read } from "../places/overlay-map.js";
import { ProgressPage } from "./progress-page.js";

window.progressPage = new ProgressPage(read("page-state"), read("page-words"));
void window.progressPage.open();
