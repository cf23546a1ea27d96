// A drawing to look into: zoom, move, jump to a mark. Without script it is a still picture and its legend still switches.
// data-look: the figure, with data-metres (metres a unit of the drawing) · data-stage: what takes keys and the pointer
// data-drawing: the SVG · data-tools: the buttons, hidden without script · data-zoom: in, out or reset
// data-fixed: what keeps its size, at data-x and data-y; data-crowded: a name that would cover another
// data-hatch: a pattern, whose lines stay as far apart
// data-mark: a numbered mark · data-show-mark: a link elsewhere that brings a mark into view (its href names it)
// data-scale-line, data-scale-words: the scale bar, which follows
(function () {
  "use strict";
  const isEnglish = /^en/i.test(document.documentElement.lang);
  const t = (zh, en) => (isEnglish ? en : zh);
  const CLOSEST = 200;
  const STEP = 1.6;

  function bind(figure) {
    const stage = figure.querySelector("[data-stage]");
    const drawing = figure.querySelector("[data-drawing]");
    const whole = drawing.viewBox.baseVal;
    const home = { x: 0, y: 0, width: whole.width, height: whole.height };
    const metres = Number(figure.dataset.metres);
    const fixed = Array.from(drawing.querySelectorAll("[data-fixed]"));
    const names = fixed.filter((one) => !one.hasAttribute("data-mark"));
    const marks = fixed.filter((one) => one.hasAttribute("data-mark"));
    const hatches = drawing.querySelectorAll("[data-hatch]");
    const line = figure.querySelector("[data-scale-line]");
    const words = figure.querySelector("[data-scale-words]");
    let view = Object.assign({}, home);

    function show(next) {
      const width = Math.min(Math.max(next.width, home.width / CLOSEST), home.width * 2);
      const height = (width * home.height) / home.width;
      const middle = { x: next.x + next.width / 2, y: next.y + next.height / 2 };
      middle.x = Math.min(Math.max(middle.x, 0), home.width);
      middle.y = Math.min(Math.max(middle.y, 0), home.height);
      view = { x: middle.x - width / 2, y: middle.y - height / 2, width: width, height: height };
      stage.toggleAttribute("data-zoomed", view.width < home.width);
      drawing.setAttribute("viewBox", [view.x, view.y, view.width, view.height].join(" "));
      fit();
    }

    // names and marks keep their size on the screen; names that would cover others step back
    function fit() {
      const across = drawing.clientWidth || home.width;
      const unit = view.width / across;
      fixed.forEach((one) => one.setAttribute("transform", `translate(${one.dataset.x} ${one.dataset.y}) scale(${unit})`));
      hatches.forEach((hatch) => hatch.setAttribute("patternTransform", `scale(${unit})`));
      const stands = stage.getBoundingClientRect();
      const taken = marks.map((mark) => mark.getBoundingClientRect());
      names.forEach(function (name) {
        name.removeAttribute("data-crowded");
        const box = name.getBoundingClientRect();
        const isOut = box.left < stands.left || box.right > stands.right || box.top < stands.top || box.bottom > stands.bottom;
        const covers = taken.some((o) => box.left < o.right && o.left < box.right && box.top < o.bottom && o.top < box.bottom);
        if (isOut || covers) name.setAttribute("data-crowded", "");
        else taken.push(box);
      });
      measure(unit, across);
    }
    function measure(unit, across) {
      const most = (metres * view.width) / 4;
      const power = Math.pow(10, Math.floor(Math.log10(most)));
      const length = [5, 2, 1].map((step) => step * power).find((one) => one <= most);
      const units = (length / metres / unit) * (home.width / across);
      line.setAttribute("d", `M1 2V8H${units}V2`);
      const number = (value) => String(Number(value.toPrecision(3)));
      words.textContent = length >= 1000 ? number(length / 1000) + t(" 公里", " km") : number(length) + t(" 米", " m");
    }

    function zoom(by, at) {
      const point = at || { x: view.x + view.width / 2, y: view.y + view.height / 2 };
      const width = Math.min(Math.max(view.width / by, home.width / CLOSEST), home.width * 2);
      const share = width / view.width;
      show({
        x: point.x - (point.x - view.x) * share,
        y: point.y - (point.y - view.y) * share,
        width: width,
        height: view.height * share,
      });
    }
    function move(right, down) {
      show({ x: view.x + right * view.width, y: view.y + down * view.height, width: view.width, height: view.height });
    }
    const acts = { in: () => zoom(STEP), out: () => zoom(1 / STEP), reset: () => show(home) };
    const keys = {
      "+": acts.in, "=": acts.in, "-": acts.out, "0": acts.reset,
      ArrowLeft: () => move(-0.15, 0), ArrowRight: () => move(0.15, 0),
      ArrowUp: () => move(0, -0.15), ArrowDown: () => move(0, 0.15),
    };
    stage.addEventListener("keydown", function (event) {
      if (event.ctrlKey || event.metaKey || event.altKey || !keys[event.key]) return;
      event.preventDefault();
      keys[event.key]();
    });
    figure.querySelectorAll("[data-zoom]").forEach((button) => button.addEventListener("click", acts[button.dataset.zoom]));
    figure.querySelector("[data-tools]").hidden = false;

    function place(event) {
      const box = drawing.getBoundingClientRect();
      return {
        x: view.x + ((event.clientX - box.left) / box.width) * view.width,
        y: view.y + ((event.clientY - box.top) / box.height) * view.height,
      };
    }
    // the page scrolls with the bare wheel; with Ctrl, as maps do in pages, the drawing zooms
    stage.addEventListener("wheel", function (event) {
      if (!event.ctrlKey && !event.metaKey) return;
      event.preventDefault();
      zoom(event.deltaY < 0 ? STEP : 1 / STEP, place(event));
    }, { passive: false });
    stage.addEventListener("dblclick", (event) => zoom(STEP, place(event)));
    let held = null;
    stage.addEventListener("pointerdown", function (event) {
      const isScrolling = event.pointerType === "touch" && !stage.hasAttribute("data-zoomed");
      if (event.button !== 0 || isScrolling) return;
      held = { x: event.clientX, y: event.clientY };
      stage.setPointerCapture(event.pointerId);
    });
    stage.addEventListener("pointermove", function (event) {
      if (!held) return;
      const unit = view.width / drawing.clientWidth;
      const next = { x: view.x - (event.clientX - held.x) * unit, y: view.y - (event.clientY - held.y) * unit };
      held = { x: event.clientX, y: event.clientY };
      show(Object.assign(next, { width: view.width, height: view.height }));
    });
    ["pointerup", "pointercancel"].forEach((name) => stage.addEventListener(name, () => { held = null; }));

    document.querySelectorAll("[data-show-mark]").forEach(function (link) {
      const mark = document.getElementById(link.hash.slice(1));
      if (!mark || !drawing.contains(mark)) return;
      link.addEventListener("click", function (event) {
        event.preventDefault();
        const width = home.width / 6;
        const height = home.height / 6;
        show({ x: mark.dataset.x - width / 2, y: mark.dataset.y - height / 2, width: width, height: height });
        drawing.querySelectorAll("[data-mark]").forEach((one) => one.toggleAttribute("data-chosen", one === mark));
        stage.focus({ preventScroll: true });
        figure.scrollIntoView({ block: "nearest" });
      });
    });

    drawing.setAttribute("data-scaled", "");
    new ResizeObserver(fit).observe(drawing);
    fit();
  }
  document.querySelectorAll("[data-look]").forEach(bind);
})();
