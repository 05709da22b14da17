/** Which row has the focus: one of all rows is in the tab order, the others are reached by keys. */

import { neighbour } from "../lib/selection.js";

/** Return what moves the focus over the rows of the workbench `root`. */
export function makeFocus(root) {
  const rows = (side) => [...root.querySelectorAll(`[data-side="${side}"] tr[data-line]`)];
  const idsOf = (side) => rows(side).map((row) => row.dataset.line);
  const rowOf = (id) => root.querySelector(`tr[data-line="${CSS.escape(String(id))}"]`);
  const last = { side: "bank", bank: null, ledger: null };

  function take(row) {
    const side = row.closest("[data-side]").dataset.side;
    last.side = side;
    last[side] = row.dataset.line;
    for (const each of root.querySelectorAll('tr[tabindex="0"]')) each.tabIndex = -1;
    row.tabIndex = 0;
  }

  function focus(id) {
    const row = id === null ? null : rowOf(id);
    if (!row) return;
    take(row);
    row.focus();
  }

  /** Let one row be reached by Tab, without moving the focus. */
  function prepare() {
    for (const row of root.querySelectorAll("tr[data-line]")) row.tabIndex = -1;
    const row = (last[last.side] && rowOf(last[last.side])) || root.querySelector("tr[data-line]");
    if (row) take(row);
  }

  const current = () => (last[last.side] && rowOf(last[last.side]) ? last[last.side] : null);
  const step = (by) => focus(neighbour(idsOf(last.side), hasFocus() ? current() : null, by));
  const hasFocus = () => document.activeElement?.closest("tr[data-line]") !== null;

  function cross(side) {
    const remembered = last[side] && rowOf(last[side]) ? last[side] : idsOf(side)[0];
    focus(remembered ?? null);
  }

  const side = () => last.side;
  return { take, focus, prepare, current, step, cross, side, idsOf, rowOf };
}
