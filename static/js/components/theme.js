/** Light or dark by a button; choosing what the system has follows the system again. */

const KEY = "theme";

/** Let the toggle work. */
export function startTheme() {
  const button = document.querySelector("[data-theme-toggle]");
  button?.addEventListener("click", () => choose(other()));
}

function other() {
  return document.documentElement.dataset.bsTheme === "dark" ? "light" : "dark";
}

function choose(theme) {
  const dark = window.matchMedia("(prefers-color-scheme: dark)").matches;
  document.documentElement.dataset.bsTheme = theme;
  try {
    if (theme === (dark ? "dark" : "light")) localStorage.removeItem(KEY);
    else localStorage.setItem(KEY, theme);
  } catch {
    return; // No storage allowed: the choice lasts for this page.
  }
}
