// Menus are <details>: they work without script. Script closes them on Escape or a click elsewhere.
export function startMenus(root) {
  const menus = [...root.querySelectorAll("details[data-menu]")];
  const closeAll = (except) => menus.forEach((menu) => menu !== except && menu.removeAttribute("open"));

  root.addEventListener("click", (event) => closeAll(event.target.closest("details[data-menu]")));
  root.addEventListener("keydown", (event) => {
    const open = menus.find((menu) => menu.open);
    if (event.key !== "Escape" || !open) return;
    open.removeAttribute("open");
    open.querySelector("summary").focus();
  });
  for (const menu of menus) {
    menu.addEventListener("toggle", () => menu.open && menu.querySelector("input[type=search]")?.focus());
    menu.addEventListener("keydown", (event) => moveInMenu(menu, event));
  }
  const search = root.querySelector("[data-town-search]");
  if (search) startTownSearch(search, root.querySelector("[data-town-list]"), root.querySelector("[data-town-empty]"));
}

function moveInMenu(menu, event) {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (!step || !menu.open) return;
  const stops = [...menu.querySelectorAll("input, a, button")].filter((stop) => stop.offsetParent);
  const next = stops[stops.indexOf(document.activeElement) + step];
  if (next) next.focus();
  event.preventDefault();
}

function startTownSearch(search, list, empty) {
  search.addEventListener("input", () => {
    const asked = search.value.trim().toLowerCase();
    let shown = 0;
    for (const item of list.children) {
      item.hidden = !item.dataset.words.toLowerCase().includes(asked);
      shown += item.hidden ? 0 : 1;
    }
    empty.hidden = shown > 0;
  });
  search.addEventListener("keydown", (event) => {
    if (event.key !== "Enter") return;
    event.preventDefault();
    [...list.children].find((item) => !item.hidden)?.querySelector("a").click();
  });
}
