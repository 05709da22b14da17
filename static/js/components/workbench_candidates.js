/** The candidates of a line, shown above the other column; ticking one chooses it and the line. */

import { candidatesOf } from "./workbench_books.js";

/** Return what shows, takes and closes candidates on the workbench `root`. */
export function makeCandidates(root, choice, rowOf) {
  const slots = () => [...root.querySelectorAll("[data-candidate-slot]")];
  const boxes = () => [...root.querySelectorAll("[data-candidate]")];

  function close() {
    for (const slot of slots()) {
      slot.hidden = true;
      slot.replaceChildren();
    }
  }

  /** Show the candidates of the line; returns whether the server gave them. */
  async function show(id) {
    const list = await candidatesOf(root, id);
    const own = rowOf(id)?.closest("[data-side]").dataset.side;
    if (!list || !own) return false;
    close();
    const slot = slots().find((each) => each.dataset.candidateSlot !== own);
    slot.replaceChildren(list);
    slot.dataset.for = id;
    slot.hidden = false;
    slot.scrollIntoView({ block: "nearest" });
    list.querySelector("[data-close-candidates]").hidden = false;
    for (const box of boxes()) box.checked = choice.isChosen(box.value);
    return true;
  }

  /** Follow a candidate's box: choose the candidate, and the line it was shown for. */
  function take(box) {
    const { minor, label } = box.dataset;
    choice.choose({ id: box.value, side: box.name, minor, label }, box.checked);
    const row = rowOf(box.closest("[data-candidate-slot]").dataset.for);
    const own = row?.querySelector('input[type="checkbox"]');
    if (box.checked && own && !own.checked) own.click();
  }

  /** Choose the lines of a sum, and the line they add up to. */
  function takeSum(form) {
    for (const part of form.querySelectorAll("[data-part]")) {
      const { minor, label } = part.dataset;
      choice.choose({ id: part.value, side: part.name, minor, label }, true);
    }
    const own = rowOf(form.closest("[data-candidate-slot]").dataset.for);
    const box = own?.querySelector('input[type="checkbox"]');
    if (box && !box.checked) box.click();
  }

  const press = (number) => boxes()[number - 1]?.click();
  return { show, close, take, takeSum, press };
}
