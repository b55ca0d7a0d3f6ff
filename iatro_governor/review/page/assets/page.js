"use strict";
// Keys on top of what works without them: j and k go to the next and the previous incident, / to the search.
(() => {
  const typing = (element) => element.closest("input, select, textarea, [contenteditable]");

  function step(by) {
    const rows = [...document.querySelectorAll("a.step")];
    if (rows.length) {
      const here = rows.indexOf(document.activeElement);
      const next = here < 0 ? (by > 0 ? 0 : rows.length - 1) : here + by;
      rows[Math.min(Math.max(next, 0), rows.length - 1)].focus();
      return;
    }
    const link = document.querySelector(`a[rel=${by > 0 ? "next" : "prev"}]`);
    if (link) link.click();
  }

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
    const search = document.getElementById("q");
    if (event.key === "j") step(1);
    else if (event.key === "k") step(-1);
    else if (event.key === "/" && search) { event.preventDefault(); search.focus(); }
  });
})();
