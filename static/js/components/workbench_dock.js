/** The dock: what the focused line is, why it is open, its candidates; each is chosen by its number. */

import { dockOf } from "./workbench_books.js";

const ASK_AFTER_MS = 80;

/** Return what fills the dock of the workbench `root` and takes what it offers. */
export function makeDock(root, choice, rowOf) {
  const dock = root.querySelector("[data-dock]");
  const known = new Map();
  let wanted = { id: null, part: "dock", key: null };
  let shown = null;
  let waiting = 0;
  let asking = null;
  let early = null;
  let held = false;

  /** Show the line soon: nothing is asked of the server while somebody runs down the list. */
  function follow(id) {
    if (wanted.id === id) return;
    want(id, "dock");
    if (!held && !showKnown()) waiting = setTimeout(() => ask(id, "dock"), ASK_AFTER_MS);
  }

  /** Show the line's candidates, or with "sums" what adds up to it. */
  async function ask(id, part) {
    const { key } = want(id, part);
    if (held || showKnown()) return;
    asking = new AbortController();
    const { signal } = asking;
    dock.setAttribute("aria-busy", "true");
    const body = await dockOf(root, id, part, signal);
    if (signal.aborted) return;
    dock.removeAttribute("aria-busy");
    if (body) known.set(key, body);
    if (wanted.key === key) showKnown();
  }

  function want(id, part) {
    const key = `${part} ${id}`;
    if (wanted.key !== key) early = null;
    wanted = { id, part, key };
    clearTimeout(waiting);
    asking?.abort();
    return wanted;
  }

  function showKnown() {
    const body = known.get(wanted.key);
    if (!body) return false;
    shown = wanted.key;
    dock.replaceChildren(body);
    root.querySelector("[data-dock-said]").textContent =
      body.querySelector("[data-dock-spoken]").textContent;
    early?.();
    early = null;
    return true;
  }

  /** The books are about to change: ask nothing until release, which asks for what they are then. */
  function hold() {
    held = true;
    dock.inert = true;
    shown = null;
    clearTimeout(waiting);
    asking?.abort();
  }

  function release() {
    held = false;
    dock.inert = false;
    known.clear();
    if (wanted.id !== null) ask(wanted.id, wanted.part);
  }

  /** Choose the line that is shown, and the line or lines an offer stands for. */
  function take(offer) {
    const ids = offer.dataset.parts?.trim().split(" ");
    const parts = ids ? ids.map((id) => dock.querySelector(`[data-part][data-id="${id}"]`)) : [offer];
    for (const part of parts) choice.choose(lineOf(part), true);
    const own = rowOf(dock.querySelector("[data-dock-body]").dataset.for);
    const box = own?.querySelector('input[type="checkbox"]');
    if (box) choice.chooseMany([box.value], true);
  }

  /** Take what `selector` finds at that place; a key pressed before it is there waits for it. */
  function press(number, selector = "[data-offer]") {
    if (wanted.key !== null && shown !== wanted.key) {
      early = () => press(number, selector);
      return true;
    }
    const offer = dock.querySelectorAll(`${selector}:not(:disabled)`)[number - 1];
    if (offer) take(offer);
    return Boolean(offer);
  }

  return { follow, ask, hold, release, take, press };
}

function lineOf(offer) {
  const { minor, label, sideOf } = offer.dataset;
  return { id: offer.dataset.id ?? offer.dataset.pointed, side: sideOf, minor, label };
}
