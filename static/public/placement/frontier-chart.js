// The drawing part of the frontier, loaded only when it is needed. It imports nothing of ours, so that it
// stays a chunk of its own.
import { BarChart, LineChart } from "echarts/charts";
import { AriaComponent, GridComponent, TitleComponent, TooltipComponent } from "echarts/components";
import { init, use } from "echarts/core";
import { CanvasRenderer } from "echarts/renderers";

use([BarChart, LineChart, GridComponent, TitleComponent, TooltipComponent, AriaComponent, CanvasRenderer]);

/** `show({points: [{label, w, lost, told}], wName, lostName, ink, quiet, grid, ground, first, second, description})`; shares 0–1. */
export function createChart(box) {
  const chart = init(box, null, { renderer: "canvas" });
  new ResizeObserver(() => chart.resize()).observe(box);
  return { show: (picture) => chart.setOption(optionOf(picture), { notMerge: true, silent: true }), chart };
}

const percent = (share) => `${Number((share * 100).toFixed(1))}%`.replace("-", "−");
const LEAST_LOST = 0.05; // of the axis: a loss of a thousandth is not to look like one of a half

// Two panels over one axis of caps, each with zero on it: a second axis beside the first would cross where it likes.
function optionOf({ points, wName, lostName, ink, quiet, grid, ground, first, second, description }) {
  const font = getComputedStyle(document.body).fontFamily;
  const heading = (text, top) => ({ text, left: 4, top, textStyle: { color: ink, fontSize: 13, fontWeight: 600, fontFamily: font } });
  const caps = (at, hidden) => ({
    gridIndex: at,
    type: "category",
    data: points.map(({ label }) => label),
    axisTick: { show: false },
    axisLine: { lineStyle: { color: grid }, onZero: false },
    axisLabel: { show: !hidden, color: quiet, fontSize: 11, interval: 0, hideOverlap: true },
  });
  const shares = (at, more) => ({ gridIndex: at, type: "value", splitNumber: 2, axisLabel: { color: quiet, fontSize: 11, formatter: percent }, splitLine: { lineStyle: { color: grid } }, ...more });
  const label = { show: true, position: "top", color: ink, fontSize: 11, formatter: ({ value }) => percent(value) };
  return {
    animation: false,
    textStyle: { fontFamily: font },
    aria: { enabled: true, label: { description } },
    title: [heading(wName, 0), heading(lostName, 176)],
    grid: [{ left: 44, right: 8, top: 44, height: 112 }, { left: 44, right: 8, top: 216, height: 96 }],
    tooltip: {
      trigger: "axis",
      renderMode: "richText", // the default tooltip writes style attributes, which the page's policy refuses
      axisPointer: { type: "shadow", shadowStyle: { color: ink, opacity: 0.06 } },
      backgroundColor: ground,
      borderColor: grid,
      textStyle: { color: ink, fontSize: 12, fontFamily: font },
      formatter: (items) => points[items[0].dataIndex].told,
    },
    xAxis: [caps(0, true), caps(1, false)],
    yAxis: [shares(0, { min: 0 }), shares(1, { min: ({ min }) => Math.min(min, 0), max: ({ max }) => Math.max(max, LEAST_LOST) })],
    series: [
      { type: "line", xAxisIndex: 0, yAxisIndex: 0, data: points.map(({ w }) => w), symbol: "circle", symbolSize: 8, lineStyle: { color: first, width: 2 }, itemStyle: { color: first }, label },
      { type: "bar", xAxisIndex: 1, yAxisIndex: 1, barWidth: "46%", data: points.map(({ lost }) => lost), itemStyle: { color: second }, label },
    ],
  };
}
