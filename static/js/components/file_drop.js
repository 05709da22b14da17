/** Dropping a file onto `[data-drop]` puts it into the file field inside; the name is shown. */

/** Let every drop area take files. */
export function startFileDrop() {
  for (const area of document.querySelectorAll("[data-drop]")) listen(area);
}

function listen(area) {
  const input = area.querySelector("input[type=file]");
  const over = (is) => (event) => {
    event.preventDefault();
    area.classList.toggle("is-over", is);
  };
  area.addEventListener("dragover", over(true));
  area.addEventListener("dragleave", over(false));
  area.addEventListener("drop", (event) => {
    over(false)(event);
    if (!event.dataTransfer.files.length) return;
    input.files = event.dataTransfer.files;
    input.dispatchEvent(new Event("change", { bubbles: true }));
  });
  input.addEventListener("change", () => showNames(area, input.files));
}

function showNames(area, files) {
  const note = area.querySelector("[data-drop-name]");
  if (note && files.length) note.textContent = [...files].map((file) => file.name).join(", ");
}
