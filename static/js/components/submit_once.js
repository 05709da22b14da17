/** A form with `data-once` is sent once: a second press while it is on its way does nothing. */

/** Guard every `form[data-once]`; coming back with the browser's Back button wakes it again. */
export function startSubmitOnce() {
  const sent = new Set();
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!form.matches("[data-once]") || event.defaultPrevented) return;
    if (sent.has(form)) event.preventDefault();
    sent.add(form);
  });
  window.addEventListener("pageshow", () => sent.clear());
}
