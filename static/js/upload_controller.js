// A file on its way: refused here when it is too large; on the next page asked after until it has been checked.
// data-upload: the form, with data-most-bytes; data-too-large, data-sending: what it says then
// data-job: where the state of a job is told ({share, stage_zh, stage_en, is_running}) · data-stage: its words
(function () {
  "use strict";
  const isEnglish = /^en/i.test(document.documentElement.lang);
  const WAIT_MS = 700;

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
  async function ask() {
    const answer = await fetch(job.dataset.job, { headers: { Accept: "application/json" }, cache: "no-store" });
    const state = answer.ok ? await answer.json() : { is_running: false };
    if (!state.is_running) {
      window.location.reload();
      return;
    }
    bar.value = state.share;
    stage.textContent = isEnglish ? state.stage_en : state.stage_zh;
    window.setTimeout(ask, WAIT_MS);
  }
  window.setTimeout(ask, WAIT_MS);
})();
