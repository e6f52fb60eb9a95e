// The photo of the tab Score in the browser; facescore/ui/photo.py is its other half. Gradio runs this once, with
// `element`, `props` and `trigger` given. A photo is chosen, dropped, pasted or taken, scaled down if it is large, and
// uploaded; then `props.value` is its path on the server. Other tabs open a photo here with the event "facescore:open".
const MOST_PIXELS = 4e6; // larger photos would take long to send and move the scores by a few hundredths at most
const QUALITY = 0.92; // of a scaled photo's JPEG
const SLOW = 3000; // milliseconds until waiting is explained, and between two looks at the queue

const language = navigator.languages.map((one) => one.split("-")[0]).find((one) => one in props.words) ?? "en";
const words = props.words[language];
const find = (one) => element.querySelector(one);
const [input, status, camera, video, remove] = ["input", ".status", ".camera", "video", ".remove"].map(find);
const tab = element.closest(".tabitem") ?? document.body;
let stream = null, sending = null, asked = 0, patience, turn = 0; // of waiting

for (const one of element.querySelectorAll("[data-say]")) one.textContent = words[one.dataset.say];
for (const one of element.querySelectorAll("[data-alt]")) one.alt = words[one.dataset.alt];
for (const one of element.querySelectorAll("[data-name]")) one.setAttribute("aria-label", words[one.dataset.name]);

find(".choose").addEventListener("click", () => input.click());
find(".webcam").addEventListener("click", open);
find(".take").addEventListener("click", take);
find(".leave").addEventListener("click", close);
remove.addEventListener("click", () => { forget(); trigger("clear"); });
input.addEventListener("change", () => { send(input.files[0]); input.value = ""; });
for (const one of element.querySelectorAll(".examples button")) {
  one.addEventListener("click", () => { begin(words.looking); trigger("select", { index: Number(one.value), value: one.value }); });
}

for (const event of ["dragover", "dragleave", "drop"]) {
  tab.addEventListener(event, (dropped) => {
    if (![...dropped.dataTransfer.types].includes("Files")) return;
    dropped.preventDefault();
    element.toggleAttribute("data-over", event === "dragover");
    if (event === "drop") send(dropped.dataTransfer.files[0]);
  });
}
document.addEventListener("paste", (pasted) => {
  if (!element.checkVisibility() || pasted.target.closest?.("input, textarea")) return;
  const file = [...(pasted.clipboardData?.files ?? [])].find((one) => one.type.startsWith("image/"));
  if (file) send(file);
});
document.addEventListener("facescore:open", ({ detail }) => { begin(words.looking); ready(detail.path); });
document.addEventListener("facescore:scored", () => {
  settle();
  delete tab.dataset.waiting;
  say("");
  const photo = document.querySelector("#view figure");
  remove.hidden = !photo;
  if (photo && innerWidth <= 640) scrollTo({ top: 0 });
});

document.addEventListener("facescore:ready", () => { // a reload shows the photo again, for as long as the server has it
  const kept = recall();
  if (!kept || props.value) return;
  begin(words.looking);
  ready(kept);
});

function say(sentence, wrong = false) {
  status.textContent = sentence;
  status.classList.toggle("alert", wrong);
}

// The old result goes at once, and so does a photo that is on its way.
function begin(sentence) {
  sending?.abort();
  sending = null;
  close();
  tab.dataset.waiting = "";
  say(sentence);
  wait();
}

// Says how many at most are before this photo, in the order in which they came, or that the server is slow.
async function wait() {
  settle();
  const mine = turn;
  let before = Infinity;
  async function look() {
    const waiting = await queued();
    if (mine !== turn) return false;
    before = Math.min(before, before === Infinity ? waiting : Math.max(0, waiting - 1)); // this photo waits, too
    patience = setTimeout(async () => (await look()) && say(before ? words.queued.replace("{count}", before) : words.slow), SLOW);
    return true;
  }
  await look();
}

function settle() {
  clearTimeout(patience);
  turn += 1;
}

async function queued() {
  const { root, api_prefix: prefix } = window.gradio_config;
  try {
    return (await (await fetch(`${root}${prefix}/queue/status`)).json()).queue_size;
  } catch {
    return 0;
  }
}

function failed(sentence) {
  settle();
  say(sentence, true);
}

async function send(file) {
  if (!file) return;
  begin(words.reading);
  const form = new FormData(), request = (sending = new XMLHttpRequest());
  const small = await scaled(file);
  if (sending !== request) return; // another photo took its place, or it was deleted
  form.append("files", small, small.name);
  const { root, api_prefix: prefix } = window.gradio_config;
  request.open("POST", `${root}${prefix}/upload`);
  request.upload.addEventListener("progress", ({ loaded, total }) => {
    settle();
    say(words.sending.replace("{percent}", Math.round((100 * loaded) / total)));
  });
  request.addEventListener("load", () => {
    const answer = parsed(request.responseText);
    if (request.status === 200 && answer) return ready(answer[0]);
    const plain = request.getResponseHeader("content-type")?.startsWith("text/plain"); // as refusals are
    failed(answer?.error ?? answer?.detail ?? (plain ? request.responseText : words.unsent));
  });
  request.addEventListener("error", () => failed(words.unsent));
  request.send(form);
}

function parsed(text) {
  try { return JSON.parse(text); } catch { return null; }
}

// What the browser cannot read (HEIC) goes as it is.
async function scaled(file) {
  try {
    const picture = await createImageBitmap(file), pixels = picture.width * picture.height;
    if (pixels <= MOST_PIXELS) return file;
    const canvas = document.createElement("canvas"), scale = Math.sqrt(MOST_PIXELS / pixels);
    [canvas.width, canvas.height] = [Math.round(scale * picture.width), Math.round(scale * picture.height)];
    const pen = canvas.getContext("2d");
    pen.imageSmoothingQuality = "high";
    pen.fillStyle = "#fff"; // under transparent pixels, as on the server
    pen.fillRect(0, 0, canvas.width, canvas.height);
    pen.drawImage(picture, 0, 0, canvas.width, canvas.height);
    const blob = await new Promise((done) => canvas.toBlob(done, "image/jpeg", QUALITY));
    return new File([blob], file.name.replace(/\.\w+$/, "") + ".jpg", { type: "image/jpeg" });
  } catch {
    return file;
  }
}

function ready(path) {
  if (sending?.readyState === 4) wait();
  say(words.looking);
  props.value = path;
  remember(path);
  setTimeout(() => trigger("upload"), 0); // once Gradio knows the value
}

function forget() {
  remember(null);
  begin("");
}

function remember(path) {
  try {
    if (path) sessionStorage.setItem("photo", path); else sessionStorage.removeItem("photo");
  } catch { /* the browser keeps nothing, as its user wishes */ }
}

function recall() {
  try { return sessionStorage.getItem("photo"); } catch { return null; }
}

async function open() {
  close();
  say(words.asking);
  const mine = asked;
  try {
    const found = await navigator.mediaDevices.getUserMedia({ video: { width: 1280, height: 960, facingMode: "user" } });
    if (mine !== asked) return end(found); // it was asked for again, or a photo was chosen meanwhile
    video.srcObject = stream = found;
    await video.play();
  } catch {
    if (mine !== asked) return;
    close();
    return say(words.no_camera, true);
  }
  say("");
  camera.hidden = false;
  find(".take").focus();
  watch(stream);
}

// The camera is on no longer than it is seen.
function watch(shown) {
  if (stream !== shown) return;
  if (document.hidden || !element.checkVisibility()) return close();
  setTimeout(watch, 500, shown);
}

function close() {
  asked += 1;
  if (stream) end(stream);
  stream = video.srcObject = null;
  camera.hidden = true;
}

function end(taken) {
  taken.getTracks().forEach((track) => track.stop());
}

function take() {
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [video.videoWidth, video.videoHeight];
  canvas.getContext("2d").drawImage(video, 0, 0);
  close();
  canvas.toBlob((blob) => send(new File([blob], "webcam.jpg", { type: "image/jpeg" })), "image/jpeg", QUALITY);
}
