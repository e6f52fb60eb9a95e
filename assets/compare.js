// The tab Compare in the browser: a column's button sorts the rows, numbers highest first and names from A to Z, pressed
// again the other way round; a row's button gives its photo to the tab Score, as if the visitor had chosen it there.
element.addEventListener("click", (event) => {
  const header = event.target.closest("th[aria-sort]"), opener = event.target.closest("[data-file]");
  if (header) sort(header);
  if (opener) open(opener.dataset.file, opener.dataset.name);
});

function sort(header) {
  const rows = [...element.querySelectorAll("tbody tr")];
  const value = (row) => row.cells[header.cellIndex].dataset.value;
  const numeric = !rows.some((row) => isNaN(value(row)));
  const before = header.getAttribute("aria-sort");
  const ascending = before === "none" ? !numeric : before === "descending";
  const compare = numeric ? (a, b) => a - b : new Intl.Collator(undefined, { numeric: true }).compare;
  rows.sort((a, b) => (ascending ? 1 : -1) * compare(value(a), value(b)));
  rows[0].parentElement.append(...rows);
  for (const other of header.parentElement.querySelectorAll("[aria-sort]")) other.setAttribute("aria-sort", "none");
  header.setAttribute("aria-sort", ascending ? "ascending" : "descending");
}

async function open(file, name) {
  const answer = await fetch(new URL(`gradio_api/file=${file}`, document.baseURI));
  const gone = element.querySelector(".gone");
  gone.hidden = answer.ok;
  if (!answer.ok) return; // deleted meanwhile
  const photo = await answer.blob(), chosen = new DataTransfer();
  chosen.items.add(new File([photo], name, { type: photo.type }));
  const input = document.querySelector("#photo input[type=file]");
  document.querySelector("#tabs [role=tab]").click();
  input.files = chosen.files;
  input.dispatchEvent(new Event("change", { bubbles: true }));
}
