// What every page of the desk does: menus, town search, dark switch, copying, jobs that report themselves.
import { startMenus } from "./menus.js";
import { startJobs } from "./jobs.js";
import { startCopying } from "./copying.js";
import { startTheme } from "./dark.js";
import { startForms } from "./forms.js";

startMenus(document);
startTheme(document.querySelector("[data-theme-switch]"));
startCopying(document);
startForms(document);
startJobs(document);
