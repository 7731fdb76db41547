// The drawing part of the histogram, loaded only when it is needed. It imports nothing of ours, so that
// it stays a chunk of its own.
import { BarChart } from "echarts/charts";
import { AriaComponent, GridComponent, MarkLineComponent, TooltipComponent } from "echarts/components";
import { init, use } from "echarts/core";
import { CanvasRenderer } from "echarts/renderers";

use([BarChart, GridComponent, TooltipComponent, MarkLineComponent, AriaComponent, CanvasRenderer]);

/** `show({bins, axis: {step, label}, ramp, ink, quiet, grid, format, tooltip, threshold, description, isolated})`. */
export function createChart(box) {
  const chart = init(box, null, { renderer: "canvas" });
  new ResizeObserver(() => chart.resize()).observe(box);
  return { show: (picture) => chart.setOption(optionOf(picture), { silent: true }), chart };
}

// The axis is one of values, not of categories: only so can the threshold stand at its exact place.
function optionOf({ bins, axis, ramp, ink, quiet, grid, ground, format, tooltip, threshold, description, isolated, isolate }) {
  const font = getComputedStyle(document.body).fontFamily;
  const series = ramp.map((colour, at) => ({
    type: "bar",
    id: `class-${at}`,
    stack: "all",
    barCategoryGap: "8%",
    silent: false,
    itemStyle: { color: colour, opacity: isolated === null || isolated === at ? 1 : 0.18 },
    emphasis: { disabled: true },
    data: bins.map(({ byClass }, bin) => [axis.step * (bin + 0.5), byClass[at]]),
  }));
  series[0].markLine = thresholdLine(threshold, ink);
  return {
    animation: false,
    textStyle: { fontFamily: font },
    aria: { enabled: true, label: { description } },
    grid: { left: 4, right: 8, top: 22, bottom: 2, containLabel: true },
    tooltip: {
      trigger: "axis",
      renderMode: "richText", // the default tooltip writes style attributes, which the page's policy refuses
      axisPointer: { type: "shadow", shadowStyle: { color: ink, opacity: 0.06 } },
      backgroundColor: ground,
      borderColor: grid,
      textStyle: { color: ink, fontSize: 12, fontFamily: font },
      formatter: (items) => tooltip(items[0].dataIndex),
    },
    xAxis: {
      type: "value",
      min: 0,
      max: axis.step * bins.length,
      splitNumber: 6,
      splitLine: { show: false },
      axisTick: { show: false },
      axisLine: { lineStyle: { color: grid } },
      axisLabel: { color: quiet, fontSize: 11, hideOverlap: true, showMaxLabel: false, formatter: axis.label },
    },
    yAxis: {
      type: "value",
      splitNumber: 3,
      axisLabel: { color: quiet, fontSize: 11, formatter: format },
      splitLine: { lineStyle: { color: grid } },
    },
    series,
  };
}

/** A dashed line at the threshold, which belongs to the covered side. */
function thresholdLine(threshold, ink) {
  if (threshold === null) return { data: [] };
  const { place, label } = threshold;
  return {
    symbol: "none",
    silent: true,
    animation: false,
    lineStyle: { color: ink, type: "dashed", width: 1 },
    label: { formatter: label, color: ink, fontSize: 11, position: "end" },
    data: [{ xAxis: place }],
  };
}
