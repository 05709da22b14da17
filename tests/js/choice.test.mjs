// choice.js: the bar's texts, its sentence, and a choice kept while a page is turned.
import assert from "node:assert/strict";
import test from "node:test";

import { barOf, packChoice, spoken, unpackChoice } from "../../static/js/lib/choice.js";

const line = (side, minor, id = "1") => ({ id, side, minor, label: "3 Dec Rent" });

test("the bar adds exactly, beyond what a float can hold", () => {
  const bar = barOf([line("bank", "900719925474099301"), line("ledger", "900719925474099299")], 2);
  assert.equal(bar.difference, "0.02");
  assert.equal(bar.bankTotal, "9,007,199,254,740,993.01");
  assert.deepEqual([bar.bankCount, bar.ledgerCount, bar.state], ["1", "1", "out"]);
});

test("the bar is balanced only at zero and with two lines", () => {
  assert.equal(barOf([line("bank", "100"), line("ledger", "100")], 2).state, "balanced");
  assert.equal(barOf([line("bank", "0")], 2).state, "out");
  assert.equal(barOf([], 2).state, "none");
});

test("decimals follow the currency", () => {
  assert.equal(barOf([line("bank", "1500")], 0).bankTotal, "1,500");
  assert.equal(barOf([line("bank", "1500")], 3).bankTotal, "1.500");
});

test("the sentence says what to do next", () => {
  assert.equal(spoken(barOf([], 2)), "Nothing chosen.");
  assert.equal(spoken(barOf([line("bank", "5"), line("ledger", "5")], 2)), "Balanced. Press m to match.");
  assert.equal(
    spoken(barOf([line("bank", "-500")], 2)),
    "Bank \u22125.00, ledger 0.00, difference \u22125.00.",
  );
});

test("a choice survives packing; rubbish is nothing", () => {
  const lines = [line("bank", "5", "7"), line("ledger", "-5", "8")];
  assert.deepEqual(unpackChoice(packChoice(lines)), lines);
  for (const text of [null, "", "{", "7", '[null, {"side": "x"}, {"side": "bank", "id": "a"}]']) {
    assert.deepEqual(unpackChoice(text), []);
  }
});
