// The drawing part of the frontier, loaded only when it is needed. It imports nothing of ours, so that it
// stays a chunk of its own.
import { LineChart } from "echarts/charts";
import { AriaComponent, GridComponent, TooltipComponent } from "echarts/components";
import { LabelLayout } from "echarts/features";
import { init, use } from "echarts/core";
import { CanvasRenderer } from "echarts/renderers";

use([LineChart, GridComponent, TooltipComponent, AriaComponent, LabelLayout, CanvasRenderer]);

/** `show({points: [{x, y, label, told}], xName, yName, ink, quiet, grid, ground, line, description})`; shares 0–1. */
export function createChart(box) {
  const chart = init(box, null, { renderer: "canvas" });
  new ResizeObserver(() => chart.resize()).observe(box);
  return { show: (picture) => chart.setOption(optionOf(picture), { notMerge: true, silent: true }), chart };
}

const percent = (share) => `${Number((share * 100).toFixed(1))}%`;

function optionOf({ points, xName, yName, ink, quiet, grid, ground, line, description }) {
  const font = getComputedStyle(document.body).fontFamily;
  const axis = {
    type: "value",
    scale: true,
    splitNumber: 4,
    nameTextStyle: { color: quiet, fontSize: 12 },
    axisLabel: { color: quiet, fontSize: 11, formatter: percent, hideOverlap: true },
    axisLine: { show: true, lineStyle: { color: grid } },
    splitLine: { lineStyle: { color: grid } },
  };
  return {
    animation: false,
    textStyle: { fontFamily: font },
    aria: { enabled: true, label: { description } },
    grid: { left: 8, right: 40, top: 34, bottom: 26, containLabel: true },
    tooltip: {
      trigger: "item",
      renderMode: "richText", // the default tooltip writes style attributes, which the page's policy refuses
      backgroundColor: ground,
      borderColor: grid,
      textStyle: { color: ink, fontSize: 12, fontFamily: font },
      formatter: ({ dataIndex }) => points[dataIndex].told,
    },
    xAxis: { ...axis, name: xName, nameLocation: "middle", nameGap: 30 },
    yAxis: { ...axis, name: yName, nameLocation: "end", nameTextStyle: { ...axis.nameTextStyle, align: "left" } },
    series: [
      {
        type: "line",
        data: points.map(({ x, y }) => [x, y]),
        symbol: "circle",
        symbolSize: 9,
        lineStyle: { color: line, width: 1.5, opacity: 0.6 },
        itemStyle: { color: line },
        label: { show: true, position: "top", color: ink, fontSize: 12, formatter: ({ dataIndex }) => points[dataIndex].label },
        labelLayout: { hideOverlap: true },
      },
    ],
  };
}
