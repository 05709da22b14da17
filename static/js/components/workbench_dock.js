/** The dock: what the focused line is, why it is open, its candidates; each is chosen by its number. */

import { dockOf } from "./workbench_books.js";

const ASK_AFTER_MS = 120;

/** Return what fills the dock of the workbench `root` and takes what it offers. */
export function makeDock(root, choice, rowOf) {
  const dock = root.querySelector("[data-dock]");
  const known = new Map();
  let wanted = null;
  let waiting = 0;
  let asking = null;

  /** Show the line soon: nothing is asked of the server while somebody runs down the list. */
  function follow(id) {
    if (wanted === id) return;
    wanted = id;
    clearTimeout(waiting);
    if (known.has(`dock ${id}`)) show(known.get(`dock ${id}`));
    else waiting = setTimeout(() => ask(id, "dock"), ASK_AFTER_MS);
  }

  /** Show the line's candidates, or with "sums" what adds up to it; returns whether that worked. */
  async function ask(id, part) {
    wanted = id;
    clearTimeout(waiting);
    asking?.abort();
    asking = new AbortController();
    const { signal } = asking;
    dock.setAttribute("aria-busy", "true");
    const body = await dockOf(root, id, part, signal);
    if (signal.aborted) return true;
    dock.removeAttribute("aria-busy");
    if (!body) return false;
    known.set(`${part} ${id}`, body);
    if (wanted === id) show(body);
    return true;
  }

  function show(body) {
    dock.replaceChildren(body);
    const said = body.querySelector("[data-dock-spoken]").textContent;
    root.querySelector("[data-dock-said]").textContent = said;
  }

  /** Forget what was known: the books have changed. */
  function forget() {
    known.clear();
    wanted = null;
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

  const isShown = () => dock.querySelector("[data-dock-body]")?.dataset.for === wanted;
  const offers = () => (isShown() ? [...dock.querySelectorAll("[data-offer]:not(:disabled)")] : []);

  /** Take the offer of that number; returns whether there is one. */
  function press(number) {
    const offer = offers()[number - 1];
    if (offer) take(offer);
    return Boolean(offer);
  }

  /** Choose the line that the diagnosis points to; returns its id, or null where there is none. */
  function takePointed() {
    const pointed = isShown() ? dock.querySelector("[data-pointed]:not(:disabled)") : null;
    if (pointed) take(pointed);
    return pointed?.dataset.pointed ?? null;
  }

  return { follow, ask, forget, take, press, takePointed };
}

function lineOf(offer) {
  const { minor, label, sideOf } = offer.dataset;
  return { id: offer.dataset.id ?? offer.dataset.pointed, side: sideOf, minor, label };
}
