"""What can be seen of a page: what is cut off, what is too faint, and what has no words."""

CUT_OFF = """() => [...document.body.querySelectorAll("*")].filter((element) => {
  if (!element.checkVisibility() || element.closest("svg *, [aria-hidden=true]")) return false;
  if (!element.innerText?.trim() && !element.matches("img, canvas, svg, input, button")) return false;
  const { left, right, width } = element.getBoundingClientRect();
  if (width < 2 || (left >= -1 && right <= innerWidth + 1)) return false;
  for (let one = element.parentElement; one; one = one.parentElement) {
    if (["auto", "scroll"].includes(getComputedStyle(one).overflowX)) return one === document.documentElement;
  }
  return true;
}).map((element) => element.outerHTML.slice(0, 100))"""
"""Texts, pictures and controls that reach beyond the window and cannot be scrolled to."""

FAINT = """() => {
  const pen = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  const luminance = (layers) => {
    for (const layer of ["white", ...layers]) {
      pen.fillStyle = layer;
      pen.fillRect(0, 0, 1, 1);
    }
    const [red, green, blue] = [...pen.getImageData(0, 0, 1, 1).data].map((value) =>
      value <= 10 ? value / 255 / 12.92 : ((value / 255 + 0.055) / 1.055) ** 2.4);
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  const faint = [], texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const text = texts.currentNode.data.trim(), element = texts.currentNode.parentElement;
    if (!text || !element.checkVisibility({ visibilityProperty: true, opacityProperty: true })) continue;
    if (element.closest(":disabled, [aria-hidden=true], script, style")) continue;
    const layers = [], style = getComputedStyle(element), size = parseFloat(style.fontSize);
    for (let one = element; one; one = one.parentElement) layers.unshift(getComputedStyle(one).backgroundColor);
    const ink = element instanceof SVGElement ? style.fill : style.color;
    const [dark, light] = [luminance(layers), luminance([...layers, ink])].sort((a, b) => a - b);
    const ratio = (light + 0.05) / (dark + 0.05), large = size >= 24 || (size >= 18.66 && style.fontWeight >= 700);
    if (ratio < (large ? 3 : 4.5)) faint.push(`${text.slice(0, 40)}: ${ratio.toFixed(2)}`);
  }
  return faint;
}"""
"""Texts whose contrast against what lies under them is below WCAG's level AA. Pictures under a text are not seen."""

WORDLESS = """() => [...document.querySelectorAll("img, canvas, svg[role=img], button, a, input")].filter((element) => {
  if (!element.checkVisibility() || element.closest("[aria-hidden=true]")) return false;
  const named = [element, ...element.querySelectorAll("*")].some((one) =>
    ["alt", "aria-label", "title"].some((attribute) => one.getAttribute(attribute)));
  return !named && !element.innerText?.trim() && !element.labels?.length;
}).map((element) => element.outerHTML.slice(0, 100))"""
"""Pictures without a text in their place, and controls without a name."""

FOCUSED = """() => [...function* (element) {
  for (; element; element = element.parentElement) if (element.id) yield element.id;
}(document.activeElement)]"""
"""The names of what holds the keyboard's focus, from inside out."""

NOTE_CHANGES = """(place) => {
  window.seen = [];
  new MutationObserver(() => seen.push(place.innerText)).observe(place, { childList: true, subtree: true });
}"""
"""Notes every text that a place shows from now on."""
