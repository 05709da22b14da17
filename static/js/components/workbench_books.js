/** What the workbench asks of the server: match, unmatch, a fresh page, the candidates of a line. */

const NO_ANSWER = "There was no answer. Try again: nothing is recorded twice.";

/** Record the lines as one group; returns {group} or {error}. */
export async function postMatch(form, lines) {
  const on = (side) => lines.filter((line) => line.side === side).map((line) => line.id);
  const body = { bank: on("bank"), ledger: on("ledger"), key: form.elements.key.value };
  return post(form.action, body, token(form));
}

/** Undo a group; returns {group} or {error}. */
export async function postUnmatch(form, address, reason) {
  return post(address, { reason }, token(form));
}

/** Put the page's lists as they are now in the place of the old ones; returns whether it worked. */
export async function refresh(root) {
  const fresh = await part(location.href, "[data-live]");
  if (!fresh) return false;
  root.querySelector("[data-live]").replaceWith(fresh);
  return true;
}

/** Return the ranked candidates of a line as an element of the page, or null. */
export async function candidatesOf(root, id) {
  return part(`${root.dataset.candidatesUrl}?line=${id}`, "[data-candidate-list]");
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
    return { error: NO_ANSWER };
  }
}

async function part(address, selector) {
  try {
    const answer = await fetch(address, { headers: { Accept: "text/html" } });
    if (!answer.ok) return null;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const found = page.querySelector(selector);
    return found ? document.adoptNode(found) : null;
  } catch {
    return null;
  }
}
