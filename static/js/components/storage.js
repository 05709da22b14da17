/** A few words kept for this tab of the browser, where it allows that. */

/** Keep the text under the key. */
export function keep(key, text) {
  try {
    sessionStorage.setItem(key, text);
  } catch {
    return; // No storage allowed: the choice lasts for this page.
  }
}

/** Return the text kept under the key, or null. */
export function kept(key) {
  try {
    return sessionStorage.getItem(key);
  } catch {
    return null;
  }
}
