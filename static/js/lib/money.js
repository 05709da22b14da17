/**
 * Amounts as BigInt minor units: text to minor, minor to text, sums. Pure, and never a float.
 */

const MINUS = "\u2212";
const PLAIN = /^(\d+)(?:\.(\d+))?$/;

/**
 * Return the minor units (BigInt) of an amount a person typed, or null where it is not one.
 * Commas, spaces and apostrophes may group thousands; the decimal mark is a point; a minus sign in
 * front or parentheses make it negative.
 */
export function parseAmount(text, decimals) {
  const { negative, digits } = splitSign(text.trim());
  const parts = PLAIN.exec(ungroup(digits));
  if (!parts) return null;
  const fraction = (parts[2] ?? "").replace(/0+$/, "");
  if (fraction.length > decimals) return null;
  const minor = BigInt(parts[1] + fraction.padEnd(decimals, "0"));
  return negative ? -minor : minor;
}

/** Return minor units for the eye: thousands by commas, a real minus sign, `decimals` places. */
export function formatAmount(minor, decimals) {
  const whole = BigInt(minor);
  const digits = (whole < 0n ? -whole : whole).toString().padStart(decimals + 1, "0");
  const cut = digits.length - decimals;
  const grouped = digits.slice(0, cut).replace(/\B(?=(\d{3})+$)/g, ",");
  const fraction = decimals ? `.${digits.slice(cut)}` : "";
  return `${whole < 0n ? MINUS : ""}${grouped}${fraction}`;
}

/** Return the exact sum of minor units given as text, numbers or BigInts. */
export function sumMinor(amounts) {
  let total = 0n;
  for (const amount of amounts) total += BigInt(amount);
  return total;
}

/**
 * Return bank total minus ledger total, and what the bar shows: none, out or balanced. `chosen` is how
 * many lines the amounts stand for.
 */
export function balance(bank, ledger, chosen = bank.length + ledger.length) {
  const bankTotal = sumMinor(bank);
  const ledgerTotal = sumMinor(ledger);
  const difference = bankTotal - ledgerTotal;
  const state = chosen === 0 ? "none" : difference === 0n && chosen > 1 ? "balanced" : "out";
  return { bankTotal, ledgerTotal, difference, state };
}

function splitSign(text) {
  if (text.startsWith("(") && text.endsWith(")")) {
    return { negative: true, digits: text.slice(1, -1).trim() };
  }
  const negative = text.startsWith("-") || text.startsWith(MINUS);
  return { negative, digits: text.replace(/^[-+\u2212]\s*/, "") };
}

function ungroup(digits) {
  const grouped = /^\d{1,3}([,' \u00a0\u202f\u2019]\d{3})+(\.\d+)?$/;
  return grouped.test(digits) ? digits.replace(/[^\d.]/g, "") : digits;
}
