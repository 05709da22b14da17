/** What the workbench says about a choice, and how a choice survives turning a page. Pure. */

import { balance, formatAmount } from "./money.js";

const MOST_KEPT = 2000;

/** Return the bar's texts for chosen lines ({side, minor}): totals, difference, counts, state. */
export function barOf(lines, decimals) {
  const on = (side) => lines.filter((line) => line.side === side).map((line) => line.minor);
  const bank = on("bank");
  const ledger = on("ledger");
  const found = balance(bank, ledger);
  return {
    bankTotal: formatAmount(found.bankTotal, decimals),
    ledgerTotal: formatAmount(found.ledgerTotal, decimals),
    difference: formatAmount(found.difference, decimals),
    bankCount: String(bank.length),
    ledgerCount: String(ledger.length),
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
