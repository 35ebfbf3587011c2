// Attention maps: all heads of a layer, one of them enlarged, one token's row in words.
// anywidget calls `render` with its model; a page without a kernel gives it a model of its own.

const STYLE = `
.attention-viewer { max-width: 60em; font-size: 13px; }
.attention-viewer .heads { display: flex; flex-wrap: wrap; gap: 6px; margin: 6px 0; }
.attention-viewer button { font: inherit; color: inherit; background: none; cursor: pointer;
  border: 2px solid transparent; border-radius: 3px; padding: 2px; }
.attention-viewer button[aria-pressed=true] { border-color: #d55e00; font-weight: bold; }
.attention-viewer button:focus-visible { outline: 2px solid #0072b2; outline-offset: 1px; }
.attention-viewer canvas { display: block; width: 72px; height: 72px; image-rendering: pixelated; }
.attention-viewer table { border-collapse: collapse; margin: 8px 0; table-layout: auto; }
.attention-viewer caption { text-align: left; white-space: nowrap; padding: 4px 0; font-weight: bold; }
.attention-viewer th { font-weight: normal; padding: 0 4px; text-align: right; border: 0; }
.attention-viewer thead th { writing-mode: vertical-rl; transform: rotate(180deg);
  text-align: left; padding: 4px 0; vertical-align: top; }
.attention-viewer td { min-width: 8px; height: 16px; padding: 0 2px; border: 0;
  text-align: center; font-size: 10px; font-variant-numeric: tabular-nums; }
.attention-viewer table.bare td { font-size: 0; }
.attention-viewer tr.chosen td { border-block: 2px solid #d55e00; }
.attention-viewer .row { display: flex; flex-wrap: wrap; gap: 3px; padding: 0; margin: 4px 0;
  list-style: none; }
.attention-viewer .row li { padding: 1px 5px; margin: 0; border-radius: 3px; text-align: center; }
.attention-viewer .row small { display: block; font-size: 10px; }
`;
const NUMBERED = 16; // tokens up to which the cells of the large map show their numbers
const STEPS = { ArrowLeft: -1, ArrowUp: -1, ArrowRight: 1, ArrowDown: 1 };

/** An element with attributes and children. */
function make(name, attributes = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  element.append(...children);
  return element;
}

/** 16-bit numbers in base64, low byte first, as weights from 0 to 1. */
function decode(text) {
  const bytes = Uint8Array.from(atob(text), (each) => each.charCodeAt(0));
  const view = new DataView(bytes.buffer);
  return Float32Array.from({ length: bytes.length / 2 }, (_, i) =>
    view.getUint16(2 * i, true) / 65535);
}

/** Buttons of which one is chosen: arrow keys, Home and End move to another and choose it. */
function choice(model, trait, buttons) {
  const choose = (i) => { model.set(trait, i); model.save_changes(); };
  buttons.forEach((button, i) => {
    button.addEventListener("click", () => { choose(i); button.focus(); });
    button.addEventListener("keydown", (event) => {
      const ends = { Home: 0, End: buttons.length - 1 };
      const to = ends[event.key] ?? i + (STEPS[event.key] ?? 0);
      if (!(event.key in ends) && !(event.key in STEPS)) return;
      event.preventDefault();
      if (to in buttons) { choose(to); buttons[to].focus(); }
    });
  });
  return () => buttons.forEach((button, i) => {
    button.setAttribute("aria-pressed", i === model.get(trait));
    button.tabIndex = i === model.get(trait) ? 0 : -1;
  });
}

function render({ model, el }) {
  const [layers, heads, length] = model.get("shape");
  const tokens = model.get("tokens");
  const colours = model.get("colours");
  const all = decode(model.get("weights"));
  const at = (head, i, j) =>
    all[((model.get("layer") * heads + head) * length + i) * length + j];
  const shade = (weight) => colours[Math.round(weight * (colours.length - 1))];
  const paint = (element, weight) => {
    element.style.background = shade(weight);
    element.style.color = weight < 0.47 ? "white" : "black";
  };
  const range = (count) => [...Array(count).keys()];

  const layer = make("select", {}, ...range(layers).map((i) => make("option", { value: i }, `${i}`)));
  layer.addEventListener("change", () => {
    model.set("layer", Number(layer.value));
    model.save_changes();
  });
  const maps = range(heads).map((head) => {
    const canvas = make("canvas", { width: length, height: length, "aria-hidden": "true" });
    return make("button", { type: "button", "aria-label": `head ${head}` }, canvas, `head ${head}`);
  });
  const grid = make("div", { class: "heads", role: "group", "aria-label": "heads" }, ...maps);

  const names = tokens.map((token) =>
    make("button", { type: "button", "aria-label": `query ${token}` }, token));
  const caption = make("caption");
  const rows = names.map((name) =>
    make("tr", {}, make("th", { scope: "row" }, name), ...tokens.map(() => make("td"))));
  const keys = tokens.map((token) => make("th", { scope: "col" }, token));
  const body = make("tbody", {}, ...rows);
  const table = make("table", length > NUMBERED ? { class: "bare" } : {}, caption,
    make("thead", {}, make("tr", {}, make("td"), ...keys)), body);
  rows.forEach((row, i) => row.addEventListener("mouseenter", () => {
    model.set("token", i);
    model.save_changes();
  }));
  names.forEach((name, i) => name.addEventListener("focus", () => {
    model.set("token", i);
    model.save_changes();
  }));

  const said = make("p", { "aria-live": "polite" });
  const words = tokens.map((token) => make("li", {}, token, make("small")));
  const row = make("ol", { class: "row", "aria-hidden": "true" }, ...words);

  const showHead = choice(model, "head", maps);
  const showToken = choice(model, "token", names);

  function drawMaps() {
    layer.value = model.get("layer");
    maps.forEach((button, head) => {
      const context = button.firstChild.getContext("2d");
      for (const i of range(length)) for (const j of range(length)) {
        context.fillStyle = shade(at(head, i, j));
        context.fillRect(j, i, 1, 1);
      }
    });
    drawTable();
  }

  function drawTable() {
    showHead();
    const head = model.get("head");
    const of = layers > 1 ? `Layer ${model.get("layer")}, head ${head}` : `Head ${head}`;
    caption.textContent = `${of}: a row for each query, a column for each key`;
    rows.forEach((each, i) => [...each.cells].slice(1).forEach((cell, j) => {
      const weight = at(head, i, j);
      paint(cell, weight);
      cell.textContent = weight.toFixed(2);
      cell.title = `${tokens[i]} to ${tokens[j]}: ${weight.toFixed(2)}`;
    }));
    drawRow();
  }

  function drawRow() {
    showToken();
    const token = model.get("token");
    rows.forEach((each, i) => each.classList.toggle("chosen", i === token));
    const weights = range(length).map((j) => at(model.get("head"), token, j));
    words.forEach((word, j) => {
      paint(word, weights[j]);
      word.lastChild.textContent = weights[j].toFixed(2);
    });
    const most = range(length).sort((i, j) => weights[j] - weights[i]).slice(0, 3);
    const heaviest = most.filter((j) => weights[j] >= 0.01)
      .map((j) => `"${tokens[j]}" ${weights[j].toFixed(2)}`).join(", ");
    said.textContent = `Query "${tokens[token]}", heaviest keys: ${heaviest || "none"}`;
  }

  // JupyterLab has shortcuts on the arrow keys.
  const root = make("div", { class: "attention-viewer", "data-lm-suppress-shortcuts": "true" },
    make("style", {}, STYLE), grid, said, row, table);
  if (layers > 1) grid.before(make("label", {}, "layer ", layer));
  el.replaceChildren(root);
  drawMaps();
  model.on("change:layer", drawMaps);
  model.on("change:head", drawTable);
  model.on("change:token", drawRow);
  return () => [drawMaps, drawTable, drawRow].forEach((each) => model.off(null, each));
}

/** A model without a kernel behind it, with what `render` needs of one. */
export function kept(state) {
  const heard = {};
  return {
    get: (name) => state[name],
    set(name, value) {
      const changed = state[name] !== value;
      state[name] = value;
      if (changed) heard[`change:${name}`]?.();
    },
    save_changes() {},
    on(event, call) { heard[event] = call; },
    off() {},
  };
}

export default { render };
