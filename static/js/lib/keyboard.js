/** Keys to actions. Pure: takes the key press, returns the action's name or null. */

const TYPING = new Set(["INPUT", "TEXTAREA", "SELECT"]);
const NOT_TYPING = new Set(["checkbox", "radio", "button", "submit", "reset", "file"]);

/** Return the action `press` has in `bindings` ({key: action}); null while a person types. */
export function actionFor(press, bindings) {
  if (press.ctrlKey || press.metaKey || press.altKey) return null;
  if (press.key !== "Escape" && isTyping(press.target)) return null;
  return bindings[press.key] ?? null;
}

/** Say whether the target takes text, so that letters belong to it. */
export function isTyping(target) {
  if (!target || !TYPING.has(target.tagName)) return Boolean(target?.isContentEditable);
  return !NOT_TYPING.has(target.type);
}
