/** Which row has the focus: one of all rows is in the tab order, the others are reached by keys. */

import { neighbour } from "../lib/selection.js";

/** Return what moves the focus over the rows of the workbench `root`; `follow(id)` hears of it. */
export function makeFocus(root, follow) {
  const rows = (side) => [...root.querySelectorAll(`[data-side="${side}"] tr[data-line]`)];
  const idsOf = (side) => rows(side).filter(stays).map((row) => row.dataset.line);
  const rowOf = (id) => root.querySelector(`tr[data-line="${CSS.escape(String(id))}"]`);
  const last = { side: "bank", bank: null, ledger: null };

  function take(row) {
    const side = row.closest("[data-side]").dataset.side;
    last.side = side;
    last[side] = row.dataset.line;
    for (const each of root.querySelectorAll("tr.is-focused")) leave(each);
    row.tabIndex = 0;
    row.classList.add("is-focused");
    follow(row.dataset.line);
  }

  function leave(row) {
    row.tabIndex = -1;
    row.classList.remove("is-focused");
  }

  function focus(id) {
    const row = id === null ? null : rowOf(id);
    if (!row) return;
    take(row);
    row.focus({ preventScroll: true });
    row.scrollIntoView({ block: "nearest" });
  }

  /** Make lists of rows ready for keys and screen readers, without moving the focus. */
  function prepare() {
    for (const table of root.querySelectorAll("[data-list] table")) {
      table.setAttribute("role", "grid");
      table.setAttribute("aria-multiselectable", "true");
    }
    for (const row of root.querySelectorAll("tr[data-line]")) row.tabIndex = -1;
    for (const link of root.querySelectorAll(".line-link")) link.tabIndex = -1;
    const first = rowOf(last[last.side]) ?? root.querySelector("tr[data-line]");
    if (first) first.tabIndex = 0;
    if (rowOf(last[last.side])) rowOf(last[last.side]).classList.add("is-focused");
  }

  const current = () => (last[last.side] && rowOf(last[last.side]) ? last[last.side] : null);
  const neighbourOf = (by) => neighbour(idsOf(last.side), current(), by);
  const step = (by) => focus(neighbourOf(by));

  function cross(side) {
    const remembered = last[side] && rowOf(last[side]) ? last[side] : idsOf(side)[0];
    focus(remembered ?? null);
  }

  const side = () => last.side;
  return { take, focus, prepare, current, neighbourOf, step, cross, side, idsOf, rowOf };
}

function stays(row) {
  return !row.classList.contains("is-leaving");
}
