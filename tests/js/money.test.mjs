// money.js: text to BigInt minor units and back, sums and the balance of a selection.
import assert from "node:assert/strict";
import test from "node:test";

import { balance, formatAmount, parseAmount, sumMinor } from "../../static/js/lib/money.js";

test("an amount a person types becomes minor units", () => {
  const cases = [
    ["1234.50", 2, 123450n],
    ["1,234.5", 2, 123450n],
    ["1 234.50", 2, 123450n],
    ["-0.01", 2, -1n],
    ["\u22121,000", 2, -100000n],
    ["(12.00)", 2, -1200n],
    ["1.500", 2, 150n],
    ["1500", 0, 1500n],
    ["1.234", 3, 1234n],
    ["99999999999999999999.99", 2, 9999999999999999999999n],
  ];
  for (const [text, decimals, minor] of cases) assert.equal(parseAmount(text, decimals), minor, text);
});

test("what is not an amount is refused", () => {
  for (const text of ["", "-", "abc", "1.234", "12,34", "1.2.3", "1e5", "0x10", "NaN", "1,23,456.00"]) {
    assert.equal(parseAmount(text, 2), null, text);
  }
});

test("minor units are written for the eye", () => {
  assert.equal(formatAmount(123450n, 2), "1,234.50");
  assert.equal(formatAmount(-1n, 2), "\u22120.01");
  assert.equal(formatAmount(0n, 2), "0.00");
  assert.equal(formatAmount("1500", 0), "1,500");
  assert.equal(formatAmount(1234567n, 3), "1,234.567");
});

test("what is written reads back as it was", () => {
  for (const minor of [0n, 1n, -1n, 99n, -100n, 123456789012345678901n]) {
    for (const decimals of [0, 2, 3]) {
      assert.equal(parseAmount(formatAmount(minor, decimals), decimals), minor);
    }
  }
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
