// What is to be saved, and saving it as a draft. Where others published meanwhile nothing is stored and nothing lost:
// the difference is told for each, and one decides. A draft that was stored is shown on its own page.
// data-save (form), data-changes, data-changes-none, data-code, data-title, data-save-button, data-stale: what others changed ·
// data-confirm: that repairs are accepted ·
// on [data-editor]: data-save-url, data-start: the code the address asks for
(function () {
  "use strict";
  const edit = OneMap.edit;
  const store = edit.store;
  const t = OneMap.t;
  const h = OneMap.h;
  const root = document.querySelector("[data-editor]");
  const form = document.querySelector("[data-save]");
  const changes = document.querySelector("[data-changes]");
  const title = document.querySelector("[data-title]");
  const button = document.querySelector("[data-save-button]");
  const stale = document.querySelector("[data-stale]");
  const confirm = document.querySelector("[data-confirm]");
  const isConfirmed = confirm.querySelector("input");
  const WORDS = { add: ["新增", "Added"], change: ["更改", "Changed"], remove: ["取消", "Removed"] };
  let isSaving = false;

  function entry(key) {
    const item = store.now().items[key];
    const action = item.version === null ? "add" : item.shape ? "change" : "remove";
    const go = h("button", { type: "button", class: "edit-thing" }, h("span", { class: "badge" }, t(WORDS[action][0], WORDS[action][1])), " ", edit.nameOf(key));
    go.addEventListener("click", () => edit.choose(key));
    return h("li", {}, go);
  }
  function show() {
    const keys = Object.keys(store.now().items);
    changes.replaceChildren(...keys.map(entry));
    document.querySelector("[data-changes-none]").hidden = keys.length > 0;
    button.disabled = isSaving || !keys.length || !store.isUnsaved();
  }

  function missing() {
    const items = store.now().items;
    const codes = Object.values(items).map((item) => item.code);
    const unnamed = Object.keys(items).find((key) => !items[key].code || !items[key].name);
    if (unnamed) return [unnamed, t("新画的边界要有编码和名称。", "A new outline needs a code and a name.")];
    const twice = Object.keys(items).find((key) => codes.filter((code) => code === items[key].code).length > 1);
    return twice ? [twice, t("编码重复：", "The same code twice: ") + items[twice].code] : null;
  }
  form.addEventListener("submit", function (event) {
    event.preventDefault();
    const fault = missing();
    if (fault) {
      edit.choose(fault[0]);
      edit.say(fault[1], true);
      document.querySelector("[data-code]").focus();
      return;
    }
    isSaving = true;
    show();
    edit.say(t("正在保存…", "Saving…"));
    edit.source
      .post(root.dataset.saveUrl, { layer: edit.layer, title: title.value.trim(), edits: edit.edits(), confirmed: isConfirmed.checked })
      .then(function (told) {
        store.markSaved();
        edit.say(t("已存为更改集 " + told.changeset + "。", "Saved as changeset " + told.changeset + "."));
        window.location.assign(OneMap.pageUrl(told.url));
      })
      .catch(refused)
      .finally(function () {
        isSaving = false;
        show();
      });
  });

  function refused(fault) {
    const told = fault.told || {};
    if (told.conflicts && told.conflicts.length) return showStale(told.conflicts);
    if (told.findings) edit.showFindings(told.findings);
    if (told.can_confirm) {
      confirm.hidden = false;
      isConfirmed.focus();
      edit.say(t("没有保存：请看检查里的“请确认”，接受后再保存。您的改动都还在。", "Not saved: see what is to be confirmed under Checks, accept it and save again. Your work is still here."), true);
      return;
    }
    if (fault.status === 401) {
      edit.say(t("登录已过期：请在新标签页登录，再回来保存；这里画的都还在。", "The log-in has ended: log in in another tab and save again; your work is still here."), true);
      return;
    }
    edit.say(t("没有保存：", "Not saved: ") + fault.message + t(" 您的改动都还在。", " Your work is still here."), true);
  }

  // ---- others published meanwhile ----------------------------------------------------------------------------------

  function showStale(conflicts) {
    edit.say(t("没有保存：有边界被别人改过了。您的改动都还在，请逐条决定。", "Not saved: others changed some of these boundaries. Your work is still here; decide on each."), true);
    stale.hidden = false;
    stale.querySelector("ul").replaceChildren(...conflicts.map(staleEntry));
    edit.view.showTheirs(conflicts.filter((one) => one.geometry).map((one) => edit.shape.open(one.geometry)));
    stale.querySelector("h3").focus();
  }
  function staleEntry(conflict) {
    const key = Object.keys(store.now().items).find((one) => store.now().items[one].code === conflict.code);
    const mine = h("button", { type: "button", class: "button" }, t("在新版上保留我的", "Keep mine on top of it"));
    const their = h("button", { type: "button", class: "button" }, t("采用新版，放弃我的", "Take theirs, drop mine"));
    const item = h("li", { class: "edit-stale__item", "data-stale-code": conflict.code }, h("strong", {}, conflict.name), h("p", {}, t(conflict.message_zh, conflict.message_en)), h("p", { class: "edit-stale__choice" }, mine, " ", their));
    mine.addEventListener("click", () => decide(item, key, conflict, true));
    their.addEventListener("click", () => decide(item, key, conflict, false));
    return item;
  }
  function decide(item, key, conflict, isMine) {
    const state = store.now();
    const published = conflict.geometry
      ? { key: conflict.code, code: conflict.code, name: conflict.name, version: conflict.newest, grade: conflict.grade, shape: edit.shape.open(conflict.geometry) }
      : null;
    const mine = state.items[key];
    if (published) store.published.set(conflict.code, published);
    else store.published.delete(conflict.code);
    const items = Object.assign({}, state.items);
    delete items[key];
    if (isMine && mine.shape) items[published ? conflict.code : key] = Object.assign({}, mine, { key: published ? conflict.code : key, version: conflict.newest });
    if (isMine && !mine.shape && published) items[conflict.code] = Object.assign({}, published, { shape: null });
    store.step(isMine ? ["保留我的", "Mine kept"] : ["采用新版", "Theirs taken"], { items: items, chosen: published ? conflict.code : isMine ? key : null });
    item.remove();
    if (stale.querySelector("li")) return;
    stale.hidden = true;
    edit.view.showTheirs([]);
    edit.say(t("都决定了，可以再保存。", "All decided: save again."));
    button.focus();
  }

  window.addEventListener("beforeunload", function (event) {
    if (store.isUnsaved()) event.preventDefault();
  });
  OneMap.on("edit-step", function () {
    confirm.hidden = true; // what was to be confirmed was said of what is no more
    isConfirmed.checked = false;
    show();
  });
  OneMap.on("edit", show);
  show();

  // the page is complete: what the address asks for, else everything
  const asked = root.dataset.start;
  const start = asked ? edit.startAt(asked).catch((fault) => edit.say(fault.message, true)) : Promise.resolve();
  start.then(edit.source.load);
})();
