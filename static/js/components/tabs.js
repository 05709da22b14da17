/** On a narrow screen the tabs scroll sideways: bring the current one into sight. */

/** Show the current tab of every row of tabs. */
export function startTabs() {
  for (const tab of document.querySelectorAll(".tabs [aria-current]")) {
    const row = tab.parentElement;
    row.scrollLeft = tab.offsetLeft - (row.clientWidth - tab.offsetWidth) / 2;
  }
}
