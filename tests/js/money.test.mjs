// money.js: BigInt minor units to text, sums and the balance of a selection.
import assert from "node:assert/strict";
import test from "node:test";

import { balance, formatAmount, sumMinor } from "../../static/js/lib/money.js";

test("minor units are written for the eye", () => {
  assert.equal(formatAmount(123450n, 2), "1,234.50");
  assert.equal(formatAmount(-1n, 2), "\u22120.01");
  assert.equal(formatAmount(0n, 2), "0.00");
  assert.equal(formatAmount("1500", 0), "1,500");
  assert.equal(formatAmount(1234567n, 3), "1,234.567");
});

test("a sum is exact where a float is not", () => {
  assert.equal(sumMinor(["10", "20"]), 30n);
  assert.equal(sumMinor(Array(3).fill("9007199254740993")), 27021597764222979n);
});

test("a selection is balanced only when lines net to zero", () => {
  assert.equal(balance([], []).state, "none");
  assert.equal(balance(["100"], ["100"]).state, "balanced");
  assert.equal(balance(["100", "-100"], []).state, "balanced");
  assert.equal(balance(["0"], []).state, "out");
  const out = balance(["100", "50"], ["149"]);
  assert.deepEqual([out.bankTotal, out.ledgerTotal, out.difference, out.state], [150n, 149n, 1n, "out"]);
});
