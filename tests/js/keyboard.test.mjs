// keyboard.js: letters are commands, except while a person types.
import assert from "node:assert/strict";
import test from "node:test";

import { actionFor } from "../../static/js/lib/keyboard.js";

const BINDINGS = { j: "next", "?": "help", Escape: "close" };
const press = (key, target, more = {}) => ({ key, target, ...more });

test("a key names its action", () => {
  assert.equal(actionFor(press("j", { tagName: "TR" }), BINDINGS), "next");
  assert.equal(actionFor(press("?", { tagName: "BODY" }), BINDINGS), "help");
  assert.equal(actionFor(press("x", { tagName: "TR" }), BINDINGS), null);
});

test("letters typed into a field stay there, Escape does not", () => {
  const field = { tagName: "INPUT", type: "search" };
  assert.equal(actionFor(press("j", field), BINDINGS), null);
  assert.equal(actionFor(press("Escape", field), BINDINGS), "close");
  assert.equal(actionFor(press("j", { tagName: "INPUT", type: "checkbox" }), BINDINGS), "next");
  assert.equal(actionFor(press("j", { tagName: "DIV", isContentEditable: true }), BINDINGS), null);
});

test("the browser keeps its own shortcuts", () => {
  assert.equal(actionFor(press("j", null, { ctrlKey: true }), BINDINGS), null);
});
