// selection.js: toggling, ranges, and where the focus goes next.
import assert from "node:assert/strict";
import test from "node:test";

import {
  neighbour, nextAfter, selectionOf, selectRange, toggle,
} from "../../static/js/lib/selection.js";

const ORDER = ["a", "b", "c", "d", "e"];
const chosen = (selection) => [...selection.ids].sort().join("");

test("toggling twice changes nothing and leaves the given selection alone", () => {
  const none = selectionOf();
  const one = toggle(none, "b");
  assert.equal(chosen(one), "b");
  assert.equal(chosen(none), "");
  assert.equal(chosen(toggle(one, "b")), "");
});

test("a range runs from the anchor in either direction", () => {
  const anchored = toggle(selectionOf(), "d");
  assert.equal(chosen(selectRange(anchored, ORDER, "b")), "bcd");
  assert.equal(chosen(selectRange(toggle(selectionOf(), "b"), ORDER, "d")), "bcd");
  assert.equal(chosen(selectRange(selectionOf(ORDER, "a"), ORDER, "c", false)), "de");
});

test("a range without an anchor is the one line; an unknown line changes nothing", () => {
  assert.equal(chosen(selectRange(selectionOf(), ORDER, "c")), "c");
  assert.equal(chosen(selectRange(selectionOf(["a"], "a"), ORDER, "z")), "a");
});

test("the focus goes to the next line that stays", () => {
  assert.equal(nextAfter(ORDER, ["b"]), "c");
  assert.equal(nextAfter(ORDER, ["d", "e"]), "c");
  assert.equal(nextAfter(ORDER, ["b", "d"]), "e");
  assert.equal(nextAfter(ORDER, ORDER), null);
});

test("moving stays inside the list", () => {
  assert.equal(neighbour(ORDER, "a", 1), "b");
  assert.equal(neighbour(ORDER, "a", -1), "a");
  assert.equal(neighbour(ORDER, "e", 1), "e");
  assert.equal(neighbour(ORDER, null, 1), "a");
  assert.equal(neighbour(ORDER, null, -1), "e");
  assert.equal(neighbour([], "a", 1), null);
});
