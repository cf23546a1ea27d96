// Boxes that must not lie on one another, found by where they are: thousands of marks and names are placed at a time.
(function () {
  "use strict";

  // box: {left, top, right, bottom}, in any pixels; cell: about the size of one
  OneMap.crowd = function (cell) {
    const cells = new Map();
    function each(box, visit) {
      for (let x = Math.floor(box.left / cell); x <= Math.floor(box.right / cell); x += 1) {
        for (let y = Math.floor(box.top / cell); y <= Math.floor(box.bottom / cell); y += 1) {
          if (visit(x + ":" + y)) return true;
        }
      }
      return false;
    }
    return {
      add: function (box) {
        each(box, function (key) {
          if (cells.has(key)) cells.get(key).push(box);
          else cells.set(key, [box]);
        });
      },
      // whether some box near `box` passes the test
      some: function (box, test) {
        return each(box, function (key) {
          return cells.has(key) && cells.get(key).some(test);
        });
      },
    };
  };
})();
