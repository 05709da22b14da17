/**
 * Amounts as BigInt minor units: minor to text, sums. Pure, and never a float.
 */

const MINUS = "\u2212";

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
