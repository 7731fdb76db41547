// Runs before anything else, in the oldest browser there is: no syntax newer than ES5 in this file.
// If the app cannot work here, one plain sentence is shown and main.ts stays away.
(function () {
  // Before the first pixel: a dark tablet is not lit up white while the app loads. preferences.ts decides after it.
  if (window.matchMedia && matchMedia("(prefers-color-scheme: dark)").matches) document.documentElement.setAttribute("data-theme", "dark");
  var missing = "";
  if (window.isSecureContext === false) missing = "insecure";
  else if (!("noModule" in document.createElement("script")) || typeof structuredClone !== "function" || !Object.hasOwn || !Array.prototype.at) missing = "old";
  else if (!window.crypto || !crypto.subtle || !crypto.randomUUID) missing = "old";
  else {
    try {
      if (!window.indexedDB) missing = "storage";
    } catch (error) {
      missing = "storage"; // reading the property itself is refused where site storage is switched off
    }
  }
  window.showGate = function (code) {
    document.documentElement.setAttribute("data-gated", code);
    document.getElementById("gate").hidden = false;
    document.querySelector("[data-gate='" + code + "']").hidden = false;
    document.getElementById("app").hidden = true;
  };
  if (!missing) return;
  document.documentElement.setAttribute("data-gated", missing);
  document.addEventListener("DOMContentLoaded", function () {
    window.showGate(missing);
  });
})();
