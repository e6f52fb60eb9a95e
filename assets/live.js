// The tab Live in the browser; facescore/ui/live.py is its other half. Gradio runs this once, with `element`, `props`
// and `server` given. A frame is taken, sent, and shown when its boxes are back, so that they lie where the faces are.
const LONGEST = 640; // pixels of the frame that is sent
const QUALITY = 0.8; // of its JPEG
const AT_ONCE = 2; // frames on their way: while one is scored, the next is taken and sent
const LINES_EVERY = 500; // milliseconds; calm enough to read
const FILL = "#ffd640", INK = "#141414"; // as on the tab Score

const language = navigator.languages.map((one) => one.split("-")[0]).find((one) => one in props.words) ?? "en";
const words = props.words[language];
const [toggle, status, view, lines] = ["button", ".status", "canvas", ".lines"].map((one) => element.querySelector(one));
const video = Object.assign(document.createElement("video"), { muted: true, playsInline: true });

let starting = false; // a disabled button would lose the keyboard's focus
let stream = null; // the camera, while it is on
let underway = 0; // frames that are being scored
let tracks, taken, sent, shown, linesAt, timer;

toggle.textContent = words.start;
view.setAttribute("aria-label", words.view);
toggle.addEventListener("click", () => starting || (stream ? stop(words.stopped) : start()));
document.addEventListener("visibilitychange", () => document.hidden && stream && stop(words.stopped));

async function start() {
  starting = true;
  status.textContent = words.waiting;
  try {
    stream = await navigator.mediaDevices.getUserMedia({ video: { width: LONGEST, height: 480, facingMode: "user" } });
    video.srcObject = stream;
    await video.play();
  } catch {
    stop(words.no_camera);
    return;
  } finally {
    starting = false;
  }
  [tracks, taken, sent, shown, linesAt] = [[], -1, 0, 0, 0];
  timer = setTimeout(() => stop(words.ended), 1000 * props.seconds);
  status.textContent = words.running;
  toggle.textContent = words.stop;
  view.hidden = false;
  watch(stream);
}

function stop(sentence) {
  stream?.getTracks().forEach((track) => track.stop());
  clearTimeout(timer);
  stream = video.srcObject = null;
  view.hidden = true;
  view.width = view.height = 0; // forgets the last picture
  status.textContent = sentence;
  toggle.textContent = words.start;
}

// Sends every new frame, unless too many are on their way.
function watch(camera) {
  if (stream !== camera) return;
  if (view.offsetParent === null || !camera.active) return stop(words.stopped);
  if (underway < AT_ONCE && video.currentTime !== taken) look(camera);
  requestAnimationFrame(() => watch(camera));
}

async function look(camera) {
  taken = video.currentTime;
  const frame = mirrored(), number = ++sent;
  const question = { frame: frame.toDataURL("image/jpeg", QUALITY).split(",")[1], tracks, seconds: taken };
  underway += 1;
  try {
    const answer = await server.answer(question);
    if (stream !== camera || number < shown) return;
    if (answer.error) return stop(answer.error);
    [shown, tracks] = [number, answer.tracks];
    show(frame, answer.lines);
  } catch {
    if (stream === camera) stop(words.no_answer);
  } finally {
    underway -= 1;
  }
}

function mirrored() {
  const scale = Math.min(1, LONGEST / Math.max(video.videoWidth, video.videoHeight));
  const frame = document.createElement("canvas");
  frame.width = Math.round(scale * video.videoWidth);
  frame.height = Math.round(scale * video.videoHeight);
  const pen = frame.getContext("2d");
  pen.scale(-1, 1);
  pen.drawImage(video, -frame.width, 0, frame.width, frame.height);
  return frame;
}

function show(frame, html) {
  if (view.width !== frame.width || view.height !== frame.height) {
    [view.width, view.height] = [frame.width, frame.height];
  }
  const pen = view.getContext("2d"), size = frame.width / 24;
  pen.drawImage(frame, 0, 0);
  Object.assign(pen, { lineWidth: 3, strokeStyle: FILL, font: `600 ${size}px system-ui, sans-serif`, textBaseline: "top" });
  for (const { number, box: [left, top, width, height], beauty } of tracks) {
    pen.strokeRect(left, top, width, height);
    const tag = ` ${number} · ${beauty.toFixed(1)} `, wide = pen.measureText(tag).width;
    const x = Math.max(0, Math.min(left, frame.width - wide)), y = Math.max(0, top - 1.3 * size);
    pen.fillStyle = FILL;
    pen.fillRect(x, y, wide, 1.3 * size);
    pen.fillStyle = INK;
    pen.fillText(tag, x, y + 0.15 * size);
  }
  if (performance.now() - linesAt > LINES_EVERY) {
    linesAt = performance.now();
    lines.innerHTML = html;
  }
}
