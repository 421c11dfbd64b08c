import "uplot/dist/uPlot.min.css";
import "./chart.css";
import { useEffect, useRef, useSyncExternalStore } from "react";
import UPlot from "uplot";

export interface Bars {
  /** Seconds since the Unix epoch, ascending. */
  readonly at: readonly number[];
  /** In percent of `limit`. */
  readonly values: readonly number[];
}

const HEIGHT = 200;
const LIMIT_PERCENT = 100;
const HEADROOM = 1.08;

/** Bars over time against a limit, drawn on a canvas: for the eye alone. What it shows stands beside it as text. */
export function BarChart({ bars }: { readonly bars: Bars }) {
  const place = useRef<HTMLDivElement>(null);
  const theme = useTheme();
  useEffect(() => {
    const element = place.current;
    if (element === null) return undefined;
    const plot = new UPlot(optionsFor(element), [[...bars.at], [...bars.values]], element);
    const observer = new ResizeObserver(() => plot.setSize({ width: element.clientWidth, height: HEIGHT }));
    observer.observe(element);
    return () => {
      observer.disconnect();
      plot.destroy();
    };
    // The theme's colours are read when it is drawn.
  }, [bars, theme]);
  return <div ref={place} className="chart" aria-hidden="true" />;
}

function optionsFor(element: HTMLElement): UPlot.Options {
  const colour = colourOf(element);
  const axis = {
    stroke: colour("--soft"),
    grid: { stroke: colour("--line"), width: 1 },
    ticks: { show: false },
  };
  const font = `12px ${getComputedStyle(element).fontFamily}`;
  return {
    width: element.clientWidth,
    height: HEIGHT,
    legend: { show: false },
    cursor: { show: false },
    scales: {
      y: { range: (_plot, _least, most) => [0, Math.max(LIMIT_PERCENT, most) * HEADROOM] },
    },
    axes: [
      { ...axis, font, grid: { show: false } },
      { ...axis, font, size: 48, values: (_plot, splits) => splits.map((split) => `${split} %`) },
    ],
    series: [
      {},
      {
        stroke: colour("--accent"),
        fill: colour("--accent-well"),
        width: 1,
        points: { show: false },
        ...(UPlot.paths.bars === undefined ? {} : { paths: UPlot.paths.bars({ size: [0.6, 48] }) }),
      },
    ],
    hooks: { draw: [(plot) => drawLimit(plot, colour("--bad"))] },
  };
}

function drawLimit(plot: UPlot, colour: string): void {
  const { ctx, bbox } = plot;
  const y = Math.round(plot.valToPos(LIMIT_PERCENT, "y", true));
  ctx.save();
  ctx.strokeStyle = colour;
  ctx.lineWidth = devicePixelRatio;
  ctx.setLineDash([6, 4]);
  ctx.beginPath();
  ctx.moveTo(bbox.left, y);
  ctx.lineTo(bbox.left + bbox.width, y);
  ctx.stroke();
  ctx.restore();
}

/** A token as a canvas takes it: `light-dark()` is solved by the browser, on the element itself. */
function colourOf(element: HTMLElement): (token: string) => string {
  return (token) => {
    const before = element.style.color;
    element.style.color = `var(${token})`;
    const { color } = getComputedStyle(element);
    element.style.color = before;
    return color;
  };
}

const DARK = matchMedia("(prefers-color-scheme: dark)");

function useTheme(): string {
  return useSyncExternalStore(subscribe, themeNow);
}

function themeNow(): string {
  return `${document.documentElement.dataset["theme"] ?? "system"} ${DARK.matches}`;
}

function subscribe(told: () => void): () => void {
  const observer = new MutationObserver(told);
  observer.observe(document.documentElement, { attributeFilter: ["data-theme"] });
  DARK.addEventListener("change", told);
  return () => {
    observer.disconnect();
    DARK.removeEventListener("change", told);
  };
}
