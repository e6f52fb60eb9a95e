// The frame in the browser: the open tab stands in the address, so that a link opens it and Back works, inside a Space's
// frame too. Gradio runs this once, with `element` and `props` given; any link to "?tab=NAME", or with data-tab="NAME",
// opens that tab.
const home = document.title;
const buttons = () => [...document.querySelectorAll("#tabs > .tab-wrapper [role=tab]")];
const named = () => new URLSearchParams(location.search).get("tab") ?? props.tabs[0];
document.documentElement.lang = navigator.languages.map((one) => one.split("-")[0]).find((one) => props.languages.includes(one)) ?? "en";

function show(name) {
  const tab = buttons()[props.tabs.indexOf(name)];
  if (tab && tab.getAttribute("aria-selected") !== "true") tab.click();
  return Boolean(tab);
}

function note(name) {
  const address = new URL(location);
  if (name === props.tabs[0]) address.searchParams.delete("tab"); else address.searchParams.set("tab", name);
  document.title = name === props.tabs[0] ? home : `${buttons()[props.tabs.indexOf(name)].textContent.trim()} · ${home}`;
  if (name !== named()) history.pushState(null, "", address);
  // A Space shows the page in a frame and takes the address over.
  if (window.parent !== window) window.parent.postMessage({ queryString: address.search.slice(1) }, "https://huggingface.co");
}

document.addEventListener("click", (pressed) => {
  const link = pressed.target.closest?.("[data-tab], a[href*='?tab=']"), tab = pressed.target.closest?.("#tabs > .tab-wrapper [role=tab]");
  if (link && !pressed.ctrlKey && !pressed.metaKey) {
    pressed.preventDefault();
    if (show(link.dataset.tab ?? new URL(link.href).searchParams.get("tab"))) scrollTo(0, 0);
  } else if (tab) {
    const name = props.tabs[buttons().indexOf(tab)];
    if (name) note(name);
  }
}, true);
addEventListener("popstate", () => show(named()));

// The tabs are there a moment after this.
const ready = setInterval(() => {
  if (!buttons().length) return;
  clearInterval(ready);
  if (props.tabs.includes(named())) show(named());
}, 50);
