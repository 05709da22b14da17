/** The queue of suggestions by key: j and k move, a accepts, d declines. */

import { actionFor } from "../lib/keyboard.js";

const KEYS = { j: "next", k: "previous", a: "accept", d: "decline" };

const suggestions = [...document.querySelectorAll("[data-suggestion]")];
let at = 0;

const ACTIONS = {
  next: () => move(1),
  previous: () => move(-1),
  accept: () => suggestions[at]?.querySelector("[data-accept]")?.click(),
  decline: () => suggestions[at]?.querySelector("[data-decline]")?.click(),
};

function move(by) {
  if (!suggestions.length) return;
  at = Math.min(Math.max(at + by, 0), suggestions.length - 1);
  suggestions[at].focus();
}

document.addEventListener("keydown", (event) => {
  const action = actionFor(event, KEYS);
  if (!action) return;
  event.preventDefault();
  ACTIONS[action]();
});

suggestions[0]?.focus({ preventScroll: true });
