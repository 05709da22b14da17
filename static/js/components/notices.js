/** Notices of success leave after a while, unless somebody is reading them; errors stay. */

const STAY_MS = 8000;

/** Let notices be dismissed, and every `[data-fades]` notice leave by itself. */
export function startNotices() {
  document.addEventListener("click", (event) => {
    event.target.closest("[data-dismiss]")?.closest(".notice").remove();
  });
  for (const notice of document.querySelectorAll("[data-fades]")) fade(notice);
}

function fade(notice) {
  let timer = 0;
  const wait = () => {
    clearTimeout(timer);
    timer = setTimeout(() => notice.remove(), STAY_MS);
  };
  const stay = () => clearTimeout(timer);
  for (const sign of ["mouseenter", "focusin"]) notice.addEventListener(sign, stay);
  for (const sign of ["mouseleave", "focusout"]) notice.addEventListener(sign, wait);
  wait();
}
