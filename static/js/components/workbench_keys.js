/** The keys of the workbench; what they do is the page's. */

import { actionFor } from "../lib/keyboard.js";

const KEYS = {
  j: "next", k: "previous", ArrowDown: "next", ArrowUp: "previous", h: "bank", l: "ledger",
  J: "extendDown", K: "extendUp", " ": "choose", x: "choose", Enter: "best", m: "match", u: "undo",
  s: "sums", p: "pointed", r: "reason", n: "note", e: "entry", a: "whole", c: "clear",
  "/": "search", "[": "previousPage", "]": "nextPage", g: "history", "?": "keys", Escape: "close",
};
/** Keys that a button, a link or a field uses itself. */
const OWN_KEYS = new Set([" ", "ArrowDown", "ArrowUp", "Enter"]);

/** Turn key presses into `actions` by name, and digits into `press(number)`; `isQuiet` stops both. */
export function listenToKeys(actions, press, isQuiet) {
  document.addEventListener("keydown", (event) => {
    const used = event.target.closest("a, button, input, select, summary, textarea");
    if (isQuiet() || (used && OWN_KEYS.has(event.key))) return;
    const number = /^[1-9]$/.test(event.key) && actionFor(event, { [event.key]: "take" });
    const action = actionFor(event, KEYS);
    if (!number && !action) return;
    event.preventDefault();
    if (number) press(Number(event.key));
    else actions[action]();
  });
}
