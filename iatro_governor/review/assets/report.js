"use strict";
// Draws each plan's curves when it comes into view, in the page's own colours.
(() => {
  const plans = JSON.parse(document.getElementById("curves").textContent);
  const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  const axis = (title, extra) => ({
    title: { text: title, font: { size: 12 }, standoff: 6 }, gridcolor: colour("--rule"), zerolinecolor: colour("--rule"),
    linecolor: colour("--rule"), automargin: true, fixedrange: true, nticks: 5, ...extra,
  });

  function figure(plan) {
    const traces = [];
    const layout = {
      font: { family: getComputedStyle(document.body).fontFamily, size: 12, color: colour("--muted") },
      paper_bgcolor: "rgba(0,0,0,0)", plot_bgcolor: "rgba(0,0,0,0)", margin: { l: 52, r: 8, t: 30, b: 36 },
      hovermode: "x unified", hoverlabel: { bgcolor: colour("--card"), bordercolor: colour("--rule"),
        font: { color: colour("--ink") } },
      legend: { orientation: "h", x: 0, y: 1, yref: "container", yanchor: "top", traceorder: "normal" },
      xaxis: axis("t/s", { anchor: "free", position: 0, hoverformat: ".2f", nticks: 8 }),
    };
    plan.curves.forEach((curve, place) => {
      const at = place ? String(place + 1) : "";
      const name = (side) => ({ name: side, legendgroup: side, showlegend: place === 0, yaxis: "y" + at });
      const line = (values, side, style, more) => traces.push({
        x: curve.t, y: values, mode: "lines", line: style, hovertemplate: "%{y:.3f} " + curve.unit, ...name(side), ...more,
      });
      line(curve.allowed, "allowed", { color: colour("--allowed"), width: 2.4 });
      line(curve.requested, "requested", { color: colour("--asked"), width: 1.6, dash: "5px,4px" },
        { fill: "tonexty", fillcolor: colour("--cut") });
      line(curve.measured, "measured", { color: colour("--measured"), width: 1.4 });
      layout["yaxis" + at] = axis(curve.name + " " + curve.unit,
        { domain: plan.domains[place], rangemode: "tozero" });
    });
    layout.shapes = plan.claims.map((claim) => ({
      type: "line", xref: "paper", x0: 0, x1: 1, yref: "y" + (claim.row ? claim.row + 1 : ""), y0: claim.value,
      y1: claim.value, line: { color: colour("--limit"), width: 1.4, dash: "2px,3px" },
    }));
    layout.annotations = plan.claims.map((claim) => ({
      text: claim.text, xref: "paper", x: 1, xanchor: "right", yref: "y" + (claim.row ? claim.row + 1 : ""),
      y: claim.value, yanchor: "bottom", showarrow: false, font: { size: 11, color: colour("--limit") },
    }));
    if (plan.limits.length) {
      const at = String(plan.curves.length + 1);
      plan.limits.forEach((limit) => traces.push({
        type: "bar", orientation: "h", showlegend: false, yaxis: "y" + at, name: limit.name,
        base: limit.spans.map((span) => span[0]), x: limit.spans.map((span) => span[1]),
        y: limit.spans.map(() => limit.label), width: 0.5, hovertemplate: limit.name + "<extra></extra>",
        marker: { color: colour(limit.shapes ? "--asked" : "--bind"), opacity: limit.shapes ? 0.45 : 0.85 },
      }));
      layout["yaxis" + at] = axis("", { domain: plan.domains[plan.curves.length], type: "category", ticks: "",
        gridcolor: "rgba(0,0,0,0)", autorange: "reversed", nticks: 0 });
    }
    return [traces, layout];
  }

  function draw(place) {
    const plan = plans[place.dataset.plan];
    const [traces, layout] = figure(plan);
    return Plotly.react(place, traces, layout, { displayModeBar: false, responsive: true });
  }

  const places = [...document.querySelectorAll(".chart")];
  const seen = new IntersectionObserver((entries) => entries.forEach((entry) => {
    if (entry.isIntersecting) { seen.unobserve(entry.target); draw(entry.target); }
  }), { rootMargin: "600px" });
  places.forEach((place) => seen.observe(place));
  window.addEventListener("beforeprint", () => places.forEach((place) => { seen.unobserve(place); draw(place); }));
  window.matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () =>
    places.filter((place) => place.data).forEach(draw));
})();
