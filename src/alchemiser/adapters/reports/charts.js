"use strict";
(() => {
  const charts = JSON.parse(document.getElementById("charts").textContent);
  const dashes = ["solid", "dash", "dot", "dashdot", "longdash", "longdashdot", "solid"];
  const exact = { fraction: ",.2%", money: ",.2f", ratio: ",.2f", count: ",.0f", shares: ",.4f" };

  const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

  const trace = (chart, line, place) => {
    const hue = colour(`--c${(place % 7) + 1}`);
    const base = { name: line.name, x: chart.days, y: line.values, hovertemplate: `%{y:${exact[chart.unit]}}` };
    if (chart.mark === "bars") {
      const alone = chart.days.length === 1 && { width: 12 * 60 * 60 * 1000 };
      return { ...base, ...alone, type: "bar", marker: { color: hue } };
    }
    const drawn = { ...base, type: "scatter", mode: chart.days.length > 1 ? "lines" : "markers" };
    const pen = { color: hue, width: 1.8, dash: dashes[place % 7] };
    if (chart.mark === "area") return { ...drawn, line: pen, fill: "tozeroy" };
    if (chart.mark === "stack") return { ...drawn, line: { ...pen, width: 0.5, dash: "solid" }, stackgroup: "all" };
    return { ...drawn, line: pen };
  };

  // As wide as A4 within its margins: a browser tells no script how wide a page is.
  const paper = { width: 700, height: 210, autosize: false };
  const isOnPaper = () => document.documentElement.classList.contains("paper");

  const dates = ({ marked, span }) => ({
    ...(marked.length && { tickvals: marked, tickformat: "%b %-d\n%Y" }),
    ...(span.length && { range: span }),
  });
  const values = ({ unit, digits, range }, log) => ({
    tickformat: `,.${digits}${unit === "fraction" ? "%" : "f"}`,
    ...(range && !log && { range }),
  });

  const layout = (chart, log) => {
    const [ink, grid] = [colour("--ink"), colour("--line")];
    const axis = { gridcolor: grid, linecolor: grid, zerolinecolor: grid, automargin: true, fixedrange: false };
    return {
      ...(isOnPaper() ? paper : { autosize: true }),
      margin: { l: 8, r: chart.marked.length ? 28 : 12, t: 8, b: 8 },
      paper_bgcolor: "rgba(0,0,0,0)",
      plot_bgcolor: "rgba(0,0,0,0)",
      font: { color: ink, family: "system-ui, sans-serif", size: isOnPaper() ? 11 : 13 },
      hovermode: "x unified",
      hoverlabel: { bgcolor: colour("--head"), bordercolor: grid, font: { color: ink } },
      showlegend: chart.lines.length > 1,
      legend: { orientation: "h", y: 1.02, yanchor: "bottom", x: 0 },
      xaxis: { ...axis, ...dates(chart), type: "date" },
      yaxis: { ...axis, ...values(chart, log), type: log ? "log" : "linear", nticks: 7 },
      dragmode: false,
    };
  };

  const logs = new Set();
  const draw = (chart) => {
    const place = document.getElementById(chart.id);
    const traces = chart.lines.map((line, number) => trace(chart, line, number));
    const options = { responsive: true, displaylogo: false, displayModeBar: false };
    return Plotly.react(place, traces, layout(chart, logs.has(chart.id)), options);
  };
  const drawAll = () => charts.forEach(draw);

  document.querySelectorAll("[data-log]").forEach((box) => {
    box.addEventListener("change", () => {
      logs[box.checked ? "add" : "delete"](box.dataset.log);
      draw(charts.find((chart) => chart.id === box.dataset.log));
    });
  });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", drawAll);
  ["beforeprint", "afterprint"].forEach((moment) => addEventListener(moment, () => {
    document.documentElement.classList.toggle("paper", moment === "beforeprint");
    drawAll();
  }));
  drawAll();
})();
