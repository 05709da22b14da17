/** The workbench by mouse and by key: choose, see the difference, match, undo, ask for candidates. */

import { postMatch, postUnmatch, refresh } from "../components/workbench_books.js";
import { makeCandidates } from "../components/workbench_candidates.js";
import { makeChoice } from "../components/workbench_choice.js";
import { makeFocus } from "../components/workbench_focus.js";
import { listenToKeys } from "../components/workbench_keys.js";
import { nextAfter, selectionOf, selectRange } from "../lib/selection.js";

const root = document.querySelector('[data-page="workbench"]');
const choice = makeChoice(root);
const focus = makeFocus(root);
const candidates = makeCandidates(root, choice, focus.rowOf);
const form = () => root.querySelector("#match-form");
const boxIn = (id) => focus.rowOf(id)?.querySelector('input[type="checkbox"]');
let anchor = null;
let lastGroup = null;
let busy = false;

const ACTIONS = {
  next: () => focus.step(1),
  previous: () => focus.step(-1),
  bank: () => focus.cross("bank"),
  ledger: () => focus.cross("ledger"),
  choose: () => boxIn(focus.current())?.click(),
  match,
  undo,
  candidates: () => focus.current() && showCandidates(focus.current()),
  clear: () => choice.clear(),
  search: () => root.querySelector(`[name="${focus.side()}_q"]`).focus(),
  history: () => location.assign(root.dataset.groupsUrl),
  keys: () => root.querySelector("[data-keys]").showModal(),
  close: () => candidates.close(),
};

function tell(sentence, refused = false) {
  root.querySelector("[data-outcome]").textContent = refused ? "" : sentence;
  root.querySelector("[data-refusal]").textContent = refused ? sentence : "";
}

/** Ask for a change, then show the lists as they are now, with the focus on the next line. */
async function changeBooks(ask, done, gone) {
  if (busy) return null;
  busy = true;
  const answer = await ask();
  if (answer.error) {
    tell(answer.error, true);
  } else {
    const stays = gone.includes(focus.current()) ? null : focus.current();
    const next = stays ?? nextAfter(focus.idsOf(focus.side()), gone);
    if (gone.length) choice.clear();
    candidates.close();
    if (await refresh(root)) start(next);
    tell(done);
  }
  busy = false;
  return answer.group ?? null;
}

async function match() {
  const bar = choice.changed();
  if (bar.state !== "balanced") {
    tell(`Choose lines that balance first: the difference is ${bar.difference}.`, true);
    return;
  }
  const lines = choice.lines();
  const done = `Matched ${lines.length} lines. Press u to undo.`;
  const group = await changeBooks(() => postMatch(form(), lines), done, lines.map((one) => one.id));
  lastGroup = group ?? lastGroup;
}

async function undo() {
  if (!lastGroup) return tell("There is no match to undo on this page.", true);
  const address = `${root.dataset.groupsUrl}${lastGroup}/unmatch/`;
  const ask = () => postUnmatch(form(), address, "Undone from the workbench");
  if (await changeBooks(ask, "Unmatched. The lines are open again.", [])) lastGroup = null;
}

async function showCandidates(id) {
  if (!(await candidates.show(id))) tell("The candidates could not be loaded; try again.", true);
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
  if (event.target.closest(".line-link") && !event.ctrlKey && !event.metaKey) {
    event.preventDefault();
    showCandidates(row.dataset.line);
  }
}

root.addEventListener("change", (event) => {
  const { dataset, checked } = event.target;
  if (dataset.all) choice.chooseMany(focus.idsOf(dataset.all), checked);
  else if ("candidate" in dataset) candidates.take(event.target);
  else if (event.target.matches('[form="match-form"]')) choice.changed();
});

root.addEventListener("click", (event) => {
  const row = event.target.closest("tr[data-line]");
  if (row) choosing(row, event);
  if (event.target.closest("[data-close-candidates]")) candidates.close();
  if (event.target.closest("[data-show-keys]")) ACTIONS.keys();
  if (event.target.closest("[data-clear-selection]")) {
    event.preventDefault();
    choice.clear();
  }
});

root.addEventListener("submit", (event) => {
  if (event.target.matches("[data-sum]")) {
    event.preventDefault();
    candidates.takeSum(event.target);
  }
  if (event.target.id !== "match-form") return;
  if (event.submitter?.hasAttribute("formaction")) return choice.forget();
  event.preventDefault();
  match();
});

listenToKeys(ACTIONS, candidates.press, () => root.querySelector("[data-keys]").open);

/** Make the lists ready: the choice of other pages comes back, one row is in the tab order. */
function start(id = null) {
  choice.restore();
  focus.prepare();
  if (id !== null) focus.focus(id);
}

/** What the server was told to choose is chosen now; the address need not say it again. */
function forgetPicks() {
  const address = new URL(location.href);
  address.searchParams.delete("pick");
  history.replaceState(null, "", address);
}

root.querySelector("[data-show-keys]").hidden = false;
start();
forgetPicks();
