/** What changes the books from the workbench: match, undo, note. The lists follow, the focus stays. */

import { newKey, postMatch, postNote, postUnmatch, refresh } from "./workbench_books.js";
import { nextAfter } from "../lib/selection.js";

const MOST_KEPT = 100;

/** Return the changes of the workbench `root`; `start(id)` makes fresh lists ready. */
export function makeChanges(root, { choice, focus, dock, tell, start }) {
  const form = () => root.querySelector("#match-form");
  const done = [];
  let last = Promise.resolve();
  let underway = 0;
  let renewals = 0;
  let retried = null;

  /** One change after the other; what is shown follows when the last one is through. */
  function inTurn(change) {
    underway += 1;
    dock.hold();
    last = last.then(change).then((id) => {
      underway -= 1;
      if (!underway) renew(id);
    });
  }

  /** Show the lists as they are now; an answer that a later change has overtaken is dropped. */
  async function renew(id) {
    renewals += 1;
    const mine = renewals;
    dock.release();
    if (await refresh(root, () => underway > 0 || mine !== renewals)) start(id ?? focus.current());
  }

  /** The lines leave the lists at once and the next one has the focus; a refusal brings them back. */
  function leave(lines, leaving) {
    const gone = lines.map((line) => line.id);
    const next = nextAfter(focus.idsOf(focus.side()), gone);
    for (const id of gone) focus.rowOf(id)?.classList.toggle("is-leaving", leaving);
    if (leaving) focus.focus(gone.includes(focus.current()) ? next : focus.current());
  }

  function match() {
    const bar = choice.changed();
    if (bar.state !== "balanced") {
      tell(`Choose lines that balance first: the difference is ${bar.difference}.`, true);
      return;
    }
    const chosen = { lines: choice.lines(), wholes: choice.wholes() };
    const asked = JSON.stringify(chosen);
    const key = retried?.asked === asked ? retried.key : newKey();
    const count = Number(bar.bankCount.replaceAll(",", "")) + Number(bar.ledgerCount.replaceAll(",", ""));
    leave(chosen.lines, true);
    if (!chosen.wholes.length) choice.clear();
    inTurn(() => record(chosen, key, asked, count));
  }

  async function record(chosen, key, asked, count) {
    const answer = await postMatch(form(), chosen, key);
    retried = answer.isUnanswered ? { asked, key } : null;
    if (answer.error) return refuse(chosen, answer.error);
    done.push({ group: answer.group, line: chosen.lines[0]?.id ?? null });
    if (chosen.wholes.length) choice.clear();
    tell(`Matched ${count.toLocaleString("en")} lines. Press u to undo.`);
    return null;
  }

  /** Nothing was recorded: the lines come back, chosen if they are still open. */
  function refuse(chosen, sentence) {
    leave(chosen.lines, false);
    tell(sentence, true);
    if (chosen.wholes.length) return null;
    for (const line of chosen.lines) choice.choose(line, true);
    const address = new URL(location.href);
    for (const { id } of choice.lines().slice(0, MOST_KEPT)) address.searchParams.append("pick", id);
    choice.forget();
    history.replaceState(null, "", address);
    return null;
  }

  function undo() {
    const group = done.pop();
    if (!group) return tell("There is no match to undo on this page.", true);
    const address = `${root.dataset.groupsUrl}${group.group}/unmatch/`;
    return inTurn(async () => {
      const answer = await postUnmatch(form(), address, "Undone from the workbench");
      if (answer.error) tell(answer.error, true);
      else tell("Unmatched. The lines are open again.");
      return group.line;
    });
  }

  /** Note why these lines are open, by the reason the engine gives for the focused one. */
  function confirmReason() {
    const row = focus.rowOf(focus.current());
    const reason = row?.dataset.reason;
    if (!reason) return tell("No reason is known for this line: write one with n.", true);
    const box = row.querySelector('input[type="checkbox"]');
    const lines = [{ side: box.name, id: box.value }];
    focus.step(1);
    return inTurn(async () => {
      const answer = await postNote(form(), root.dataset.notesUrl, lines, reason);
      tell(answer.error ?? "Noted.", Boolean(answer.error));
      return null;
    });
  }

  return { match, undo, confirmReason };
}
