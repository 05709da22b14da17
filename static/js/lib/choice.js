/** What the workbench says about a choice, and how a choice survives turning a page. Pure. */

import { balance, formatAmount } from "./money.js";

const MOST_KEPT = 2000;

/**
 * Return the bar's texts: totals, difference, counts, state. `lines` ({side, minor}) are chosen one by
 * one; `wholes` ({side, count, minor}) are sides chosen by their filter, instead of single lines.
 */
export function barOf(lines, decimals, wholes = []) {
  const whole = (side) => wholes.find((each) => each.side === side);
  const on = (side) => lines.filter((line) => line.side === side).map((line) => line.minor);
  const amounts = (side) => (whole(side) ? [whole(side).minor] : on(side));
  const count = (side) => (whole(side) ? Number(whole(side).count) : on(side).length);
  const counts = [count("bank"), count("ledger")];
  const found = balance(amounts("bank"), amounts("ledger"), counts[0] + counts[1]);
  return {
    bankTotal: formatAmount(found.bankTotal, decimals),
    ledgerTotal: formatAmount(found.ledgerTotal, decimals),
    difference: formatAmount(found.difference, decimals),
    bankCount: formatAmount(counts[0], 0),
    ledgerCount: formatAmount(counts[1], 0),
    state: found.state,
  };
}

/** Return the bar as a sentence for a screen reader. */
export function spoken(bar) {
  if (bar.state === "none") return "Nothing chosen.";
  if (bar.state === "balanced") return "Balanced. Press m to match.";
  return `Bank ${bar.bankTotal}, ledger ${bar.ledgerTotal}, difference ${bar.difference}.`;
}

/** Return the chosen lines ({id, side, minor, label}) as text to keep while a page is turned. */
export function packChoice(lines) {
  return JSON.stringify(lines.slice(0, MOST_KEPT));
}

/** Return the lines in a text made by packChoice; none where it is not one. */
export function unpackChoice(text) {
  try {
    const lines = JSON.parse(text ?? "[]");
    return Array.isArray(lines) ? lines.filter(isLine) : [];
  } catch {
    return [];
  }
}

function isLine(line) {
  const side = line?.side === "bank" || line?.side === "ledger";
  return side && /^\d+$/.test(line.id) && /^-?\d+$/.test(line.minor) && typeof line.label === "string";
}
