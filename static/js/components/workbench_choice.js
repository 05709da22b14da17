/** The chosen lines: the checked boxes of the page are the truth; the bar and the store follow them. */

import { barOf, packChoice, spoken, unpackChoice } from "../lib/choice.js";
import { formatAmount } from "../lib/money.js";
import { keep, kept } from "./storage.js";

const SPEAK_AFTER_MS = 350;

/** Return what reads and changes the choice on the workbench `root`. */
export function makeChoice(root) {
  const key = `choice ${root.dataset.project}`;
  const decimals = Number(root.dataset.decimals);
  const boxes = () => [...root.querySelectorAll('input[type="checkbox"][form="match-form"]')];
  const wholes = () => [...root.querySelectorAll("[data-whole]")].map(wholeOf);
  const boxOf = (id) => boxes().find((box) => box.value === id);
  let speaking = 0;

  /** Return the lines chosen one by one: not those of a side that its filter chooses. */
  function lines() {
    const whole = new Set(wholes().map((each) => each.side));
    return boxes().filter((box) => box.checked && !whole.has(box.name)).map(lineOf);
  }

  function changed() {
    const bar = barOf(lines(), decimals, wholes());
    showBar(root, bar);
    keep(key, packChoice(lines()));
    for (const box of boxes()) box.closest("tr")?.setAttribute("aria-selected", box.checked);
    clearTimeout(speaking);
    speaking = setTimeout(() => say(root, spoken(bar)), SPEAK_AFTER_MS);
    return bar;
  }

  /** Choose line by line again, here and in the address; returns whether any side was whole. */
  function leaveWholes(sides = ["bank", "ledger"]) {
    const left = wholes().map((each) => each.side).filter((side) => sides.includes(side));
    const address = new URL(location.href);
    for (const side of left) {
      root.querySelector(`[data-whole="${side}"]`).remove();
      address.searchParams.delete(`${side}_all`);
    }
    history.replaceState(null, "", address);
    return left.length > 0;
  }

  function choose(line, chosen) {
    const box = boxOf(line.id);
    if (box) box.checked = chosen;
    else if (chosen) addElsewhere(root, line, decimals);
    tidyElsewhere(root);
    return changed();
  }

  /** Check or uncheck the boxes of these lines on the page. */
  function chooseMany(ids, chosen) {
    const named = new Set(ids);
    for (const box of boxes()) if (named.has(box.value)) box.checked = chosen;
    return changed();
  }

  function clear() {
    leaveWholes();
    for (const box of boxes()) box.checked = false;
    tidyElsewhere(root);
    return changed();
  }

  function restore() {
    for (const box of boxes()) box.disabled = false;
    const onPage = new Set(lines().map((line) => line.id));
    for (const line of unpackChoice(kept(key))) if (!onPage.has(line.id)) choose(line, true);
    return changed();
  }

  /** Keep nothing for the next page: the server says there what is still chosen. */
  const forget = () => keep(key, "[]");
  const isChosen = (id) => Boolean(boxOf(id)?.checked);
  return { lines, wholes, changed, choose, chooseMany, leaveWholes, clear, restore, forget, isChosen };
}

function wholeOf(field) {
  const seen = `${field.dataset.count}:${field.dataset.minor}`;
  const { whole: side, count, minor } = field.dataset;
  return { side, count, minor, filter: field.value, seen };
}

function lineOf(box) {
  const label = box.dataset.label ?? box.getAttribute("aria-label") ?? "";
  return { id: box.value, side: box.name, minor: box.dataset.minor, label };
}

function showBar(root, bar) {
  const element = root.querySelector("[data-difference-bar]");
  element.dataset.state = bar.state;
  const texts = {
    "[data-bank-total]": bar.bankTotal,
    "[data-ledger-total]": bar.ledgerTotal,
    "[data-difference]": bar.difference,
    "[data-bank-count]": bar.bankCount,
    "[data-ledger-count]": bar.ledgerCount,
  };
  for (const [where, text] of Object.entries(texts)) element.querySelector(where).textContent = text;
  element.querySelector("[data-match-button]").disabled = bar.state !== "balanced";
}

function say(root, sentence) {
  root.querySelector("[data-difference-spoken]").textContent = sentence;
}

function addElsewhere(root, line, decimals) {
  const box = document.createElement("input");
  const chosen = { type: "checkbox", name: line.side, value: line.id, className: "form-check-input" };
  Object.assign(box, chosen, { checked: true });
  box.setAttribute("form", "match-form");
  box.dataset.minor = line.minor;
  box.dataset.label = line.label;
  const label = document.createElement("label");
  label.append(box, ` ${line.label} `, formatAmount(line.minor, decimals));
  const entry = document.createElement("li");
  entry.append(label);
  root.querySelector("[data-elsewhere-list]").append(entry);
}

/** Drop what is no longer chosen from the list of lines elsewhere; hide the list when it is empty. */
function tidyElsewhere(root) {
  const section = root.querySelector("[data-elsewhere]");
  for (const entry of section.querySelectorAll("li")) {
    if (!entry.querySelector("input").checked) entry.remove();
  }
  section.hidden = section.querySelector("li") === null;
}
