/** The chosen lines: the checked boxes of the page are the truth; the bar and the store follow them. */

import { barOf, packChoice, spoken, unpackChoice } from "../lib/choice.js";
import { formatAmount } from "../lib/money.js";

const SPEAK_AFTER_MS = 350;

/** Return what reads and changes the choice on the workbench `root`. */
export function makeChoice(root) {
  const key = `choice ${root.dataset.project}`;
  const decimals = Number(root.dataset.decimals);
  const live = () => root.querySelector("[data-live]");
  const boxes = () => [...live().querySelectorAll('input[type="checkbox"][form="match-form"]')];
  const boxOf = (id) => boxes().find((box) => box.value === id);
  let speaking = 0;

  function lines() {
    return boxes().filter((box) => box.checked).map(lineOf);
  }

  function changed() {
    const bar = barOf(lines(), decimals);
    showBar(live(), bar);
    keep(key, packChoice(lines()));
    clearTimeout(speaking);
    speaking = setTimeout(() => say(live(), spoken(bar)), SPEAK_AFTER_MS);
    return bar;
  }

  function choose(line, chosen) {
    const box = boxOf(line.id);
    if (box) box.checked = chosen;
    else if (chosen) addElsewhere(live(), line, decimals);
    tidyElsewhere(live());
    return changed();
  }

  /** Check or uncheck the boxes of these lines on the page. */
  function chooseMany(ids, chosen) {
    const named = new Set(ids);
    for (const box of boxes()) if (named.has(box.value)) box.checked = chosen;
    return changed();
  }

  function clear() {
    for (const box of boxes()) box.checked = false;
    tidyElsewhere(live());
    return changed();
  }

  function restore() {
    const onPage = new Set(lines().map((line) => line.id));
    for (const line of unpackChoice(kept(key))) if (!onPage.has(line.id)) choose(line, true);
    return changed();
  }

  /** Keep nothing for the next page: the server says there what is still chosen. */
  const forget = () => keep(key, "[]");
  const isChosen = (id) => Boolean(boxOf(id)?.checked);
  return { lines, changed, choose, chooseMany, clear, restore, forget, isChosen };
}

function lineOf(box) {
  const label = box.dataset.label ?? box.getAttribute("aria-label") ?? "";
  return { id: box.value, side: box.name, minor: box.dataset.minor, label };
}

function showBar(live, bar) {
  const element = live.querySelector("[data-difference-bar]");
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

function say(live, sentence) {
  live.querySelector("[data-difference-spoken]").textContent = sentence;
}

function addElsewhere(live, line, decimals) {
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
  live.querySelector("[data-elsewhere-list]").append(entry);
}

/** Drop what is no longer chosen from the list of lines elsewhere; hide the list when it is empty. */
function tidyElsewhere(live) {
  const section = live.querySelector("[data-elsewhere]");
  for (const entry of section.querySelectorAll("li")) {
    if (!entry.querySelector("input").checked) entry.remove();
  }
  section.hidden = section.querySelector("li") === null;
}

function keep(key, text) {
  try {
    sessionStorage.setItem(key, text);
  } catch {
    return; // No storage allowed: the choice lasts for this page.
  }
}

function kept(key) {
  try {
    return sessionStorage.getItem(key);
  } catch {
    return null;
  }
}
