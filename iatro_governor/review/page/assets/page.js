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

  // The plan view moves in time, and a line goes with it through the curves.
  const scrub = document.getElementById("scrub");
  if (scrub) {
    const moments = [...document.querySelectorAll(".plan .moment")];
    const chart = document.querySelector("svg.chart");
    const now = document.querySelector(".chart .now");
    const show = () => {
      const chosen = moments[Number(scrub.value)];
      moments.forEach((moment) => moment.classList.toggle("on", moment === chosen));
      const t = Number(chosen.dataset.t);
      document.getElementById("scrub-time").textContent = t.toFixed(1) + " s";
      scrub.setAttribute("aria-valuetext", t.toFixed(1) + " seconds");
      if (!chart || !now) return;
      const { from, to, left, right } = Object.fromEntries(
        Object.entries(chart.dataset).map(([name, value]) => [name, Number(value)]));
      const share = Math.min(Math.max((t - from) / (to - from), 0), 1);
      const x = left + share * (right - left);
      now.setAttribute("x1", x);
      now.setAttribute("x2", x);
      now.classList.add("on");
    };
    scrub.disabled = false;
    scrub.addEventListener("input", show);
    show();
  }

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
    const search = document.getElementById("q");
    if (event.key === "j") step(1);
    else if (event.key === "k") step(-1);
    else if (event.key === "/" && search) { event.preventDefault(); search.focus(); }
  });
})();
