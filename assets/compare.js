// The tab Compare in the browser: a column's button sorts the rows, numbers highest first and names from A to Z, pressed
// again the other way round, and kept when another group redraws the table; a row's button gives its photo to the tab
// Score, as if the visitor had chosen it there.
let kept = null; // the column and the order that the visitor chose

element.addEventListener("click", (event) => {
  const header = event.target.closest("th[aria-sort]"), opener = event.target.closest("[data-file]");
  if (header) sort(header, next(header));
  if (opener) open(opener.dataset.file, opener.dataset.name);
});

new MutationObserver(() => {
  const header = kept && element.querySelectorAll("thead th")[kept.column];
  const order = header?.getAttribute("aria-sort");
  if (order && order !== kept.order) sort(header, kept.order);
}).observe(element, { childList: true, subtree: true });

function values(header) {
  return [...element.querySelectorAll("tbody tr")].map((row) => [row.cells[header.cellIndex].dataset.value, row]);
}

function isNumeric(header) {
  return !values(header).some(([value]) => isNaN(value));
}

function next(header) {
  const before = header.getAttribute("aria-sort");
  if (before === "none") return isNumeric(header) ? "descending" : "ascending";
  return before === "descending" ? "ascending" : "descending";
}

function sort(header, order) {
  const compare = isNumeric(header) ? (a, b) => a - b : new Intl.Collator(undefined, { numeric: true }).compare;
  const rows = values(header).sort(([a], [b]) => (order === "ascending" ? 1 : -1) * compare(a, b)).map(([, row]) => row);
  for (const other of header.parentElement.querySelectorAll("[aria-sort]")) other.setAttribute("aria-sort", "none");
  header.setAttribute("aria-sort", order);
  kept = { column: header.cellIndex, order };
  rows[0].parentElement.append(...rows);
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
