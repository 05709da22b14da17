/** What a job's state means for its progress bar. Pure. */

const FINISHED = new Set(["done", "failed", "cancelled"]);
const FIRST_WAIT_MS = 400;
const LONGEST_WAIT_MS = 3000;

/** Say whether the job will not change any more. */
export function isFinished(job) {
  return FINISHED.has(job.state);
}

/** Return "1,200 of 5,000", or nothing while the total is unknown. */
export function countText(job) {
  if (!job.total) return "";
  return `${grouped(job.done)} of ${grouped(job.total)}`;
}

/** Return how long to wait before asking again: quickly at first, then ever more slowly. */
export function waitMs(asked) {
  return Math.min(FIRST_WAIT_MS * 1.25 ** asked, LONGEST_WAIT_MS);
}

function grouped(number) {
  return String(number).replace(/\B(?=(\d{3})+$)/g, ",");
}
