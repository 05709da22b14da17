/** What the workbench asks of the server: match, unmatch, note, a fresh page, a part of a page. */

const NO_ANSWER = "There was no answer. Try again: nothing is recorded twice.";

/** Record the chosen lines as one group under the client's key; returns {group} or {error}. */
export function postMatch(form, chosen, key) {
  const on = (side) => chosen.lines.filter((line) => line.side === side).map((line) => line.id);
  const body = { bank: on("bank"), ledger: on("ledger"), key };
  for (const { side, filter, seen } of chosen.wholes) {
    body[`${side}_all`] = filter;
    body[`${side}_seen`] = seen;
  }
  return post(form.action, body, token(form));
}

/** Undo a group; returns {group} or {error}. */
export function postUnmatch(form, address, reason) {
  return post(address, { reason }, token(form));
}

/** Note a reason on lines; returns {noted} or {error}. */
export function postNote(form, address, lines, reason) {
  const on = (side) => lines.filter((line) => line.side === side).map((line) => line.id);
  return post(address, { bank: on("bank"), ledger: on("ledger"), break_reason: reason }, token(form));
}

/**
 * Put the parts of the page as they are now in the place of the old ones; returns whether it worked.
 * A part in which somebody is writing a note stays; all stay where `isStale()` says so by then.
 */
export async function refresh(root, isStale = () => false) {
  const page = await pageAt(location.href);
  const fresh = page ? [...page.querySelectorAll("[data-live]")] : [];
  const stale = [...root.querySelectorAll("[data-live]")];
  if (isStale() || !fresh.length || fresh.length !== stale.length) return false;
  stale.forEach((part, at) => {
    if (!part.querySelector(".entry[open]")) part.replaceWith(document.adoptNode(fresh[at]));
  });
  return true;
}

/** Return what the dock shows of a line as an element, or null; `part` is dock or sums. */
export async function dockOf(root, id, part, signal) {
  const page = await pageAt(`${root.dataset.candidatesUrl}?line=${id}&part=${part}`, signal);
  const found = page?.querySelector("[data-dock-body]");
  return found ? document.adoptNode(found) : null;
}

/** Return a key that makes a request safe to repeat: a random UUID. */
export function newKey() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

function token(form) {
  return form.elements.csrfmiddlewaretoken.value;
}

async function post(address, body, csrf) {
  try {
    const answer = await fetch(address, {
      method: "POST",
      headers: { "Content-Type": "application/json", "X-CSRFToken": csrf },
      body: JSON.stringify(body),
    });
    return await answer.json();
  } catch {
    return { error: NO_ANSWER, isUnanswered: true };
  }
}

async function pageAt(address, signal) {
  try {
    const answer = await fetch(address, { headers: { Accept: "text/html" }, signal });
    return answer.ok ? new DOMParser().parseFromString(await answer.text(), "text/html") : null;
  } catch {
    return null;
  }
}
