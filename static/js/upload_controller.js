// A file on its way: refused here when it is too large; on the next page asked after until it has been checked.
// data-upload: the form, with data-most-bytes; data-too-large, data-sending: what it says then
// data-job: where the state of a job is told ({share, stage_zh, stage_en, is_running}) · data-stage: its words ·
// data-quiet: said when nothing new was told for a while · data-unreachable: said while nobody answers
(function () {
  "use strict";
  const isEnglish = /^en/i.test(document.documentElement.lang);
  const WAIT_MS = 700;
  const QUIET_MS = 20000;

  document.querySelectorAll("[data-upload]").forEach(function (form) {
    const file = form.querySelector("input[type=file]");
    const tooLarge = form.querySelector("[data-too-large]");
    const most = Number(form.dataset.mostBytes);
    const isTooLarge = () => Array.from(file.files).some((one) => one.size > most);
    file.addEventListener("change", function () {
      tooLarge.hidden = !isTooLarge();
    });
    form.addEventListener("submit", function (event) {
      if (isTooLarge()) {
        event.preventDefault();
        file.focus();
        return;
      }
      form.querySelector("[data-sending]").hidden = false;
    });
  });

  const job = document.querySelector("[data-job]");
  if (!job) return;
  const bar = job.querySelector("progress");
  const stage = job.querySelector("[data-stage]");
  const quiet = job.querySelector("[data-quiet]");
  const unreachable = job.querySelector("[data-unreachable]");
  let last = "";
  let lastAt = Date.now();
  // null: nobody answered, or the server is in trouble just now
  async function read() {
    try {
      const answer = await fetch(job.dataset.job, { headers: { Accept: "application/json" }, cache: "no-store" });
      if (answer.status >= 500) return null;
      return answer.ok ? await answer.json() : { is_running: false };
    } catch {
      return null;
    }
  }
  async function ask() {
    const state = await read();
    if (state && !state.is_running) {
      window.location.reload();
      return;
    }
    if (state) {
      const told = state.stage_en + state.share;
      if (told !== last) lastAt = Date.now();
      last = told;
      bar.value = state.share;
      stage.textContent = isEnglish ? state.stage_en : state.stage_zh;
    }
    unreachable.hidden = Boolean(state);
    quiet.hidden = !state || Date.now() - lastAt < QUIET_MS;
    window.setTimeout(ask, WAIT_MS);
  }
  window.setTimeout(ask, WAIT_MS);
})();
