"use strict";
(function () {
  // The page is complete without this script: it adds a search over the rules, buttons that copy,
  // and opens what is folded before the page is printed.
  var bar = document.querySelector(".search");
  var query = document.getElementById("q");
  var state = document.getElementById("s");
  var count = document.getElementById("n");
  var groups = Array.prototype.slice.call(document.querySelectorAll("details.group"));

  function filter() {
    var words = query.value.toLowerCase().split(/\s+/).filter(Boolean);
    var active = words.length > 0 || state.value !== "";
    var shown = 0;
    groups.forEach(function (group) {
      var name = group.querySelector("summary").textContent.toLowerCase();
      var found = 0;
      group.querySelectorAll("tbody tr").forEach(function (row) {
        var text = name + " " + row.textContent.toLowerCase();
        var fits = (!state.value || row.dataset.state === state.value) &&
          words.every(function (word) { return text.indexOf(word) >= 0; });
        row.hidden = !fits;
        found += fits ? 1 : 0;
      });
      group.hidden = active && found === 0;
      group.open = active && found > 0;
      shown += found;
    });
    count.textContent = active ? shown + (shown === 1 ? " rule" : " rules") : "";
  }

  if (bar) {
    bar.hidden = false;
    query.addEventListener("input", filter);
    state.addEventListener("change", filter);
  }

  if (navigator.clipboard) {
    document.querySelectorAll("pre.copy").forEach(function (block) {
      var button = document.createElement("button");
      button.type = "button";
      button.className = "copier";
      button.textContent = "Copy";
      button.addEventListener("click", function () {
        navigator.clipboard.writeText(block.textContent).then(function () {
          button.textContent = "Copied";
          setTimeout(function () { button.textContent = "Copy"; }, 1500);
        });
      });
      block.parentNode.insertBefore(button, block);
    });
  }

  window.addEventListener("beforeprint", function () {
    document.querySelectorAll("details:not(.group)").forEach(function (one) { one.open = true; });
  });
})();
