/** What changes the books from the workbench: match, undo, note. The lists follow, the focus stays. */

import { newKey, postMatch, postNote, postUnmatch, refresh } from "./workbench_books.js";
import { nextAfter } from "../lib/selection.js";

/** Return the changes of the workbench `root`; `start(id)` makes fresh lists ready. */
export function makeChanges(root, { choice, focus, dock, tell, start }) {
  const form = () => root.querySelector("#match-form");
  const done = [];
  let last = Promise.resolve();
  let underway = 0;
  let retried = null;

  /** One change after the other; the lists are fetched anew when the last one is through. */
  function inTurn(change) {
    underway += 1;
    last = last.then(change).finally(() => {
      underway -= 1;
    });
    return last;
  }

  async function renew(id) {
    dock.forget();
    if (underway > 1) return;
    const kept = () => focus.current() ?? id;
    if (await refresh(root)) start(kept());
  }

  /** The lines leave the lists at once and the next one has the focus; a refusal brings them back. */
  function leave(lines, leaving) {
    const gone = lines.map((line) => line.id);
    const next = nextAfter(focus.idsOf(focus.side()), gone);
    for (const id of gone) focus.rowOf(id)?.classList.toggle("is-leaving", leaving);
    if (leaving) focus.focus(gone.includes(focus.current()) ? next : focus.current());
    return next;
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
    const next = leave(chosen.lines, true);
    if (!chosen.wholes.length) choice.clear();
    inTurn(() => record(chosen, key, asked, next, count));
  }

  async function record(chosen, key, asked, next, count) {
    const answer = await postMatch(form(), chosen, key);
    retried = answer.isUnanswered ? { asked, key } : null;
    if (answer.error) {
      leave(chosen.lines, false);
      if (!chosen.wholes.length) for (const line of chosen.lines) choice.choose(line, true);
      tell(answer.error, true);
      return;
    }
    done.push({ group: answer.group, line: chosen.lines[0]?.id ?? null });
    if (chosen.wholes.length) choice.clear();
    tell(`Matched ${count.toLocaleString("en")} lines. Press u to undo.`);
    await renew(next);
  }

  function undo() {
    const group = done.pop();
    if (!group) return tell("There is no match to undo on this page.", true);
    const address = `${root.dataset.groupsUrl}${group.group}/unmatch/`;
    return inTurn(async () => {
      const answer = await postUnmatch(form(), address, "Undone from the workbench");
      if (answer.error) return tell(answer.error, true);
      tell("Unmatched. The lines are open again.");
      dock.forget();
      if (await refresh(root)) start(group.line);
    });
  }

  /** Note why these lines are open, by the reason the engine gives for the focused one. */
  function confirmReason() {
    const row = focus.rowOf(focus.current());
    const reason = row?.dataset.reason;
    if (!reason) return tell("No reason is known for this line: write one with n.", true);
    const box = row.querySelector('input[type="checkbox"]');
    const next = focus.neighbourOf(1);
    return inTurn(async () => {
      const lines = [{ side: box.name, id: box.value }];
      const answer = await postNote(form(), root.dataset.notesUrl, lines, reason);
      if (answer.error) return tell(answer.error, true);
      tell("Noted.");
      if (next !== null) focus.focus(next);
      await renew(next);
    });
  }

  return { match, undo, confirmReason };
}
