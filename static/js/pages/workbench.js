/** The workbench by mouse and by key: choose, see the difference, match, undo, find, note. */

import { refresh } from "../components/workbench_books.js";
import { makeChanges } from "../components/workbench_changes.js";
import { makeChoice } from "../components/workbench_choice.js";
import { makeDock } from "../components/workbench_dock.js";
import { makeFocus } from "../components/workbench_focus.js";
import { listenToKeys } from "../components/workbench_keys.js";
import { selectionOf, selectRange } from "../lib/selection.js";

const root = document.querySelector('[data-page="workbench"]');
const choice = makeChoice(root);
const focus = makeFocus(root, (id) => dock.follow(id));
const dock = makeDock(root, choice, focus.rowOf);
const changes = makeChanges(root, { choice, focus, dock, tell, start });
const boxIn = (id) => focus.rowOf(id)?.querySelector('input[type="checkbox"]');
const inside = (selector) => root.querySelector(`[data-side="${focus.side()}"] ${selector}`);
let anchor = null;

const ACTIONS = {
  next: () => focus.step(1),
  previous: () => focus.step(-1),
  extendDown: () => extend(1),
  extendUp: () => extend(-1),
  bank: () => focus.cross("bank"),
  ledger: () => focus.cross("ledger"),
  choose: () => boxIn(focus.current())?.click(),
  best: () => dock.press(1) || tell("There is no candidate to choose here.", true),
  pointed: () => dock.press(1, "[data-pointed]") || tell("This line points to no other open line.", true),
  match: () => changes.match(),
  undo: () => changes.undo(),
  reason: () => changes.confirmReason(),
  sums: () => focus.current() && dock.ask(focus.current(), "sums"),
  note: () => openPanel("[data-note]"),
  entry: () => openPanel("[data-entry]"),
  whole: () => inside("[data-whole-link]")?.click(),
  clear,
  search: () => root.querySelector(`[name="${focus.side()}_q"]`).focus(),
  previousPage: () => inside('[rel="prev"]')?.click(),
  nextPage: () => inside('[rel="next"]')?.click(),
  history: () => location.assign(root.dataset.groupsUrl),
  keys: () => root.querySelector("[data-keys]").showModal(),
  close: () => focus.focus(focus.current()),
};

function tell(sentence, refused = false) {
  root.querySelector("[data-outcome]").textContent = refused ? "" : sentence;
  root.querySelector("[data-refusal]").textContent = refused ? sentence : "";
}

/** Open a panel of the bar; with nothing chosen yet, it is about the focused line. */
function openPanel(selector) {
  const panel = root.querySelector(selector);
  const box = boxIn(focus.current());
  if (box && !choice.lines().length && !choice.wholes().length) choice.chooseMany([box.value], true);
  panel.open = true;
  panel.querySelector("select, input").focus();
}

function clear() {
  const left = choice.wholes().length;
  choice.clear();
  if (left) renew();
}

async function renew() {
  if (await refresh(root)) start(focus.current());
}

function extend(by) {
  const from = focus.current();
  if (from === null) return;
  choice.chooseMany([from, focus.neighbourOf(by)], true);
  focus.step(by);
}

/** Show another part of the lists: the address changes, the page stays. */
async function swap(address) {
  history.pushState(null, "", address);
  if (!(await refresh(root))) location.reload();
  start();
}

function chooseRange(box) {
  const range = selectRange(selectionOf([], anchor), focus.idsOf(box.name), box.value).ids;
  choice.chooseMany(range, box.checked);
}

function choosing(row, event) {
  const box = event.target.closest('input[type="checkbox"]');
  focus.take(row);
  if (box && event.shiftKey) chooseRange(box);
  if (box) anchor = box.value;
  const hasDock = root.querySelector("[data-dock]").offsetParent !== null;
  if (event.target.closest(".line-link") && hasDock && !event.ctrlKey && !event.metaKey) {
    event.preventDefault();
    focus.focus(row.dataset.line);
  }
}

root.addEventListener("change", (event) => {
  const { dataset, checked, name } = event.target;
  const isBox = event.target.matches('[type="checkbox"][form="match-form"]');
  if (!dataset.all && !isBox) return;
  const left = choice.leaveWholes([dataset.all ?? name]);
  if (dataset.all) choice.chooseMany(focus.idsOf(dataset.all), checked);
  else choice.changed();
  if (left) renew();
});

root.addEventListener("click", (event) => {
  const { target } = event;
  const row = target.closest("tr[data-line]");
  const link = target.closest('[data-live] a[href^="?"]');
  const offer = target.closest("[data-offer], [data-pointed]");
  if (row) choosing(row, event);
  if (offer) dock.take(offer);
  if (target.closest("[data-show-keys]")) ACTIONS.keys();
  const clears = target.closest("[data-clear-selection]");
  if (clears) clear();
  if (clears || (link && !event.ctrlKey && !event.metaKey)) event.preventDefault();
  if (link && !event.ctrlKey && !event.metaKey) swap(link.href);
});

root.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.submitter?.hasAttribute("formaction")) return choice.forget();
  if (form.matches("[data-filter]")) swap(`?${new URLSearchParams(new FormData(form))}`);
  else if (form.id === "match-form") changes.match();
  else return;
  event.preventDefault();
});

window.addEventListener("popstate", renew);

listenToKeys(ACTIONS, dock.press, () => root.querySelector("[data-keys]").open);

/** Make the lists ready: the choice of other pages comes back, one row is in the tab order. */
function start(id = null) {
  choice.restore();
  focus.prepare();
  if (id !== null) focus.focus(id);
  const address = new URL(location.href);
  for (const once of ["pick", "bank_take", "ledger_take"]) address.searchParams.delete(once);
  history.replaceState(null, "", address);
}

start();
