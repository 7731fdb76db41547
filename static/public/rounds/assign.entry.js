import { read } from "../places/overlay-map.js";
import { AssignPage } from "./assign-page.js";

window.assignPage = new AssignPage(read("page-state"), read("page-words"));
void window.assignPage.open();
