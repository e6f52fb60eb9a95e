// The tab Live in the browser; facescore/ui/live.py is its other half. Gradio runs this once, with `element`, `props`
// and `server` given. A frame is taken, sent, and shown when its boxes are back, so that they lie where the faces are.
const LONGEST = 640; // pixels of the frame that is sent
const QUALITY = 0.8; // of its JPEG
const AT_ONCE = 2; // frames on their way: while one is scored, the next is taken and sent
const RATE = 30; // frames per second that the camera is asked for
const LINES_EVERY = 500; // milliseconds; calm enough to read
const GAP = 1; // seconds without a score after which a curve begins anew: it may be somebody else
const [WIDE, HIGH] = [200, 48]; // of a curve
const FILL = "#ffd640", INK = "#141414"; // as on the tab Score

const language = navigator.languages.map((one) => one.split("-")[0]).find((one) => one in props.words) ?? "en";
const words = props.words[language];
const [toggle, status, view, lines] = ["button", ".status", "canvas", ".lines"].map((one) => element.querySelector(one));
const video = Object.assign(document.createElement("video"), { muted: true, playsInline: true });

let starting = false; // a disabled button would lose the keyboard's focus
let stream = null; // the camera, while it is on
let underway = 0; // frames that are being scored
let name, taken, sent, shown, linesAt, timer, curves;

toggle.textContent = words.start;
element.querySelector(".hint").textContent = words.hint;
view.setAttribute("aria-label", words.view);
toggle.addEventListener("click", () => starting || (stream ? stop(words.stopped) : start()));
document.addEventListener("visibilitychange", () => document.hidden && stream && stop(words.stopped));

async function start() {
  starting = true;
  status.textContent = words.waiting;
  const wish = { width: LONGEST, height: 480, frameRate: RATE, facingMode: "user" };
  try {
    stream = await navigator.mediaDevices.getUserMedia({ video: wish });
    video.srcObject = stream;
    await video.play();
  } catch {
    stop(words.no_camera);
    return;
  } finally {
    starting = false;
  }
  [name, taken, sent, shown, linesAt, curves] = [crypto.randomUUID(), -1, 0, 0, 0, new Map()];
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
  if (element.offsetParent === null || !camera.active) return stop(words.stopped);
  if (underway < AT_ONCE && video.currentTime !== taken) look(camera);
  requestAnimationFrame(() => watch(camera));
}

async function look(camera) {
  taken = video.currentTime;
  const frame = mirrored(), number = ++sent;
  const question = { frame: frame.toDataURL("image/jpeg", QUALITY).split(",")[1], camera: name, seconds: taken };
  underway += 1;
  try {
    const answer = await server.answer(question);
    if (stream !== camera || number < shown) return;
    if (answer.error) return stop(answer.error);
    shown = number;
    show(frame, answer);
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

function show(frame, { tracks, lines: html }) {
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
  tracks.forEach(remember);
  if (performance.now() - linesAt > LINES_EVERY) {
    linesAt = performance.now();
    lines.innerHTML = html;
    lines.querySelectorAll("[data-number]").forEach(draw);
  }
}

// Adds a face's last score to its curve, and drops what is older than the curve is long.
function remember({ number, scored, beauty, interval, attractive }) {
  const curve = curves.get(number) ?? [], last = curve.at(-1)?.scored ?? scored;
  if (scored === last && curve.length) return;
  const kept = scored - last > GAP ? [] : curve.filter((point) => point.scored > scored - props.curve);
  curves.set(number, [...kept, { scored, beauty, interval, attractive }]);
}

// Draws both curves of a face: the last one at the right edge, and as text how far each has wandered.
function draw(line) {
  const curve = curves.get(Number(line.dataset.number));
  if (!curve) return;
  const now = curve.at(-1).scored, seconds = Math.round(now - curve[0].scored);
  const x = ({ scored }) => WIDE * (1 - (now - scored) / props.curve);
  const [low, high] = [Math.min(...curve.map((one) => one.interval[0])), Math.max(...curve.map((one) => one.interval[1]))];
  const of_rating = (value) => HIGH * (1 - (value - low) / (high - low || 1)), of_chance = (value) => HIGH * (1 - value);
  const path = (points) => points.map(([across, down]) => `${across.toFixed(1)},${down.toFixed(1)}`).join(" ");
  const band = [
    ...curve.map((one) => [x(one), of_rating(one.interval[1])]),
    ...curve.toReversed().map((one) => [x(one), of_rating(one.interval[0])]),
  ];
  const drawn = (points) => `<polyline points="${path(points)}"/>`;
  line.querySelector(".rating .curve").innerHTML =
    `<polygon points="${path(band)}"/>` + drawn(curve.map((one) => [x(one), of_rating(one.beauty)]));
  line.querySelector(".chance .curve").innerHTML = drawn(curve.map((one) => [x(one), of_chance(one.attractive)]));
  if (seconds < 2) return; // too short to wander
  const ratings = [words.wander, words.steady, curve.map((one) => one.beauty), (one) => one.toFixed(2)];
  const chances = [words.wander_chance, words.steady_chance, curve.map((one) => one.attractive), percent];
  line.querySelector(".rating .wander").textContent = wandered(...ratings, seconds);
  line.querySelector(".chance .wander").textContent = wandered(...chances, seconds);
}

function wandered(moved, steady, values, written, seconds) {
  const [low, high] = [written(Math.min(...values)), written(Math.max(...values))];
  return (low === high ? steady : moved).replace("{low}", low).replace("{high}", high).replace("{seconds}", seconds);
}

// As the number above it: never 0 or 100, as if it were certain.
function percent(share) {
  return share < 0.005 ? "<1" : share > 0.995 ? ">99" : (100 * share).toFixed(0);
}
