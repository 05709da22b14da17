/** Progress of background jobs: asks /jobs/<id>/ for JSON, moves the bar, reloads at the end. */

import { countText, isFinished, waitMs } from "../lib/progress.js";

/** Start every unfinished `[data-progress]` on the page. */
export function startProgress() {
  for (const line of document.querySelectorAll("[data-progress]")) {
    if (!isFinished({ state: line.dataset.state })) follow(line, 0);
  }
}

function follow(line, asked) {
  setTimeout(async () => {
    const job = await ask(line.dataset.progress);
    if (job) show(line, job);
    if (job && isFinished(job)) finish(line);
    else follow(line, asked + 1);
  }, waitMs(asked));
}

async function ask(address) {
  try {
    const answer = await fetch(address, { headers: { Accept: "application/json" } });
    return answer.ok ? await answer.json() : null;
  } catch {
    return null; // The network is away for a moment; asking again is the remedy.
  }
}

function show(line, job) {
  const bar = line.querySelector("progress");
  if (job.total) {
    bar.max = job.total;
    bar.value = job.done;
  }
  setText(line.querySelector("[data-progress-message]"), job.message);
  setText(line.querySelector("[data-progress-count]"), countText(job));
}

function setText(element, text) {
  if (element && text && element.textContent !== text) element.textContent = text;
}

function finish(line) {
  if (line.dataset.doneUrl) location.assign(line.dataset.doneUrl);
  else location.reload();
}
