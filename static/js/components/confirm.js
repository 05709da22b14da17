/** Typed confirmation: the button wakes up when the word is there. The server checks it anyway. */

/** Guard every form with `data-confirm-word`. */
export function startConfirm() {
  for (const form of document.querySelectorAll("form[data-confirm-word]")) guard(form);
}

function guard(form) {
  const typed = form.querySelector("[name=confirmation]");
  const button = form.querySelector("[type=submit]");
  const check = () => {
    button.disabled = typed.value.trim() !== form.dataset.confirmWord;
  };
  typed.addEventListener("input", check);
  check();
}
