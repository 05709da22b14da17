// progress.js: when a job is finished, what is shown, how long to wait.
import assert from "node:assert/strict";
import test from "node:test";

import { countText, isFinished, waitMs } from "../../static/js/lib/progress.js";

test("a job that is waiting or running is not finished", () => {
  assert.deepEqual(["queued", "running"].map((state) => isFinished({ state })), [false, false]);
  assert.deepEqual(["done", "failed", "cancelled"].map((state) => isFinished({ state })), [true, true, true]);
});

test("the count is written once the total is known", () => {
  assert.equal(countText({ done: 1200, total: 50000 }), "1,200 of 50,000");
  assert.equal(countText({ done: 0, total: 0 }), "");
});

test("waiting grows and ends at three seconds", () => {
  assert.equal(waitMs(0), 400);
  assert.ok(waitMs(1) > waitMs(0));
  assert.equal(waitMs(50), 3000);
});
