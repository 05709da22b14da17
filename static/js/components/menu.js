/** Menus are <details>: Escape and a click elsewhere close them. */

/** Let open menus close by themselves. */
export function startMenus() {
  document.addEventListener("click", (event) => closeAll((menu) => !menu.contains(event.target)));
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    const open = document.querySelector("details[data-menu][open]");
    closeAll(() => true);
    open?.querySelector("summary").focus();
  });
}

function closeAll(which) {
  for (const menu of document.querySelectorAll("details[data-menu][open]")) {
    if (which(menu)) menu.open = false;
  }
}
