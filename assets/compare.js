// The tab Compare in the browser: a column's button sorts the rows, numbers highest first and names from A to Z, pressed
// again the other way round, and kept when another group redraws the table; a row's button gives its photo to the tab
// Score, as if the visitor had chosen it there.
let kept = null; // the column and the order that the visitor chose

element.addEventListener("click", (event) => {
  const header = event.target.closest("th[aria-sort]"), opener = event.target.closest("[data-file]");
  if (header) sort(header, next(header));
  if (opener) open(opener.dataset);
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

async function open({ file, offset }) {
  const question = { file, offset: offset ? Number(offset) : null }, gone = element.querySelector(".gone");
  const answer = (await server.open_photo(question)) ?? { error: gone.dataset.unanswered }; // nothing if it failed
  gone.textContent = answer.error ?? "";
  gone.hidden = !answer.error;
  if (answer.error) return; // such as one that was deleted meanwhile
  document.querySelector("#tabs [role=tab]").click();
  document.dispatchEvent(new CustomEvent("facescore:open", { detail: answer }));
}
