/**
 * A selection over an ordered list of ids: one at a time, ranges by shift. Pure.
 * Selections are frozen; every function returns a fresh one. `anchor` is where a range starts.
 */

/** Return a selection of `ids` (none by default). */
export function selectionOf(ids = [], anchor = null) {
  return Object.freeze({ ids: new Set(ids), anchor });
}

/** Return the selection with `id` put in or, if it was in, taken out; `id` is the anchor. */
export function toggle(selection, id) {
  const ids = new Set(selection.ids);
  if (!ids.delete(id)) ids.add(id);
  return selectionOf(ids, id);
}

/** Return the selection with everything between the anchor and `id` in `order` set to `chosen`. */
export function selectRange(selection, order, id, chosen = true) {
  const from = order.indexOf(selection.anchor);
  const to = order.indexOf(id);
  if (to < 0) return selection;
  const [first, last] = from < 0 ? [to, to] : [Math.min(from, to), Math.max(from, to)];
  const ids = new Set(selection.ids);
  for (const each of order.slice(first, last + 1)) chosen ? ids.add(each) : ids.delete(each);
  return selectionOf(ids, id);
}

/** Return the id that gets the focus when `gone` leave the list: the next one that stays. */
export function nextAfter(order, gone) {
  const leaving = new Set(gone);
  const last = order.findLastIndex((id) => leaving.has(id));
  const stays = (id) => !leaving.has(id);
  return order.slice(last + 1).find(stays) ?? order.findLast(stays) ?? null;
}

/** Return the id `step` places from `current`, kept inside the list. */
export function neighbour(order, current, step) {
  if (order.length === 0) return null;
  const at = order.indexOf(current);
  if (at < 0) return step > 0 ? order[0] : order.at(-1);
  return order[Math.min(Math.max(at + step, 0), order.length - 1)];
}
