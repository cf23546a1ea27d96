// What is being edited, and every step back and forth. A state is never changed, only followed by another:
//   items     key → {key, code, name, version, shape}: what differs from what is published. shape null: to be removed;
//             version null: new. key: the code of what is published, "new:1" of what is new.
//   chosen    the key that is looked at, or null;   picked  keys to be merged into it
//   tool      edit | draw | split | merge;          path    corners drawn so far
// Each change that is a step is told as onemap:edit-step, each other one as onemap:edit.
(function () {
  "use strict";
  const edit = OneMap.edit;
  const MOST_STEPS = 500;
  const EMPTY = { items: {}, chosen: null, picked: [], tool: "edit", path: [] };
  const published = new Map(); // key → {key, code, name, version, shape, grade}, as the server last told it
  let now = EMPTY;
  let saved = EMPTY.items; // as it was stored last
  let past = [];
  let future = [];
  let newest = 0;

  function tell(isStep) {
    OneMap.emit(isStep ? "edit-step" : "edit", {});
  }

  edit.store = {
    published: published,
    now: function () {
      return now;
    },
    // A step that can be taken back: label [zh, en], change: what of the state is different after it.
    step: function (label, change) {
      past = past.concat([{ state: now, label: label }]).slice(-MOST_STEPS);
      future = [];
      now = Object.assign({}, now, change);
      tell(true);
    },
    // Where one looks, not what one did.
    look: function (change) {
      now = Object.assign({}, now, change);
      tell(false);
    },
    undo: function () {
      if (!past.length) return null;
      const last = past[past.length - 1];
      past = past.slice(0, -1);
      future = future.concat([{ state: now, label: last.label }]);
      now = last.state;
      tell(true);
      return last.label;
    },
    redo: function () {
      if (!future.length) return null;
      const next = future[future.length - 1];
      future = future.slice(0, -1);
      past = past.concat([{ state: now, label: next.label }]);
      now = next.state;
      tell(true);
      return next.label;
    },
    undoes: function () {
      return past.length ? past[past.length - 1].label : null;
    },
    redoes: function () {
      return future.length ? future[future.length - 1].label : null;
    },
    isUnsaved: function () {
      return now.items !== saved || now.path.length > 0;
    },
    // Stored: nothing is lost by leaving.
    markSaved: function () {
      saved = now.items;
      tell(false);
    },

    feature: function (key) {
      return now.items[key] || published.get(key) || null;
    },
    shape: function (key) {
      const feature = edit.store.feature(key);
      return feature ? feature.shape : null;
    },
    keys: function () {
      return [...new Set([...published.keys(), ...Object.keys(now.items)])];
    },
    isChanged: function (key) {
      return Boolean(now.items[key]);
    },
    newKey: function () {
      newest += 1;
      return "new:" + newest;
    },
    // the items with one feature as it shall be; as it is published: no item
    withItem: function (items, key, change) {
      const next = Object.assign({}, items);
      next[key] = Object.assign({}, items[key] || published.get(key), { key: key }, change);
      const known = published.get(key);
      if (known && next[key].shape === known.shape && next[key].name === known.name) delete next[key];
      return next;
    },
  };
})();
