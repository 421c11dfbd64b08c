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
const LABEL_WIDTH = 72;

/** Bars over time against a limit, drawn on a canvas: for the eye alone. What it shows stands beside it as text. */
export function BarChart({ bars }: { readonly bars: Bars }) {
  const place = useRef<HTMLDivElement>(null);
  const theme = useTheme();
  useEffect(() => {
    const element = place.current;
    if (element === null) return undefined;
    const plot = new UPlot(optionsFor(element, bars), [[...bars.at], [...bars.values]], element);
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

function optionsFor(element: HTMLElement, bars: Bars): UPlot.Options {
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
      x: { range: (_plot, first, last) => [first - half(bars), last + half(bars)] },
      y: { range: (_plot, _least, most) => [0, Math.max(LIMIT_PERCENT, most) * HEADROOM] },
    },
    axes: [
      {
        ...axis,
        font,
        grid: { show: false },
        splits: (plot) => labelled(bars, plot.width),
        values: (_plot, splits) => splits.map((split) => formatFor(bars).format(split * 1_000)),
      },
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

/** The bars that a label has room under, the last one always among them. */
function labelled({ at }: Bars, width: number): number[] {
  const every = Math.max(1, Math.ceil((at.length * LABEL_WIDTH) / width));
  return at.filter((_moment, n) => (at.length - 1 - n) % every === 0);
}

/** Half of what lies between two bars, so that the outer ones are drawn whole. */
function half({ at }: Bars): number {
  const gaps = at.slice(1).map((moment, n) => moment - (at[n] ?? moment));
  return Math.min(...gaps, Number.MAX_SAFE_INTEGER) / 2;
}

const CLOCK = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", timeZone: "UTC" });
const DAY = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short", timeZone: "UTC" });
const MONTH = new Intl.DateTimeFormat("en-GB", { month: "short", year: "numeric", timeZone: "UTC" });
const DAY_SECONDS = 86_400;
const YEAR_SECONDS = 366 * DAY_SECONDS;

function formatFor({ at }: Bars): Intl.DateTimeFormat {
  const seconds = (at.at(-1) ?? 0) - (at[0] ?? 0);
  if (seconds > YEAR_SECONDS) return MONTH;
  return seconds > 2 * DAY_SECONDS ? DAY : CLOCK;
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
    // A new one each time: an element that is there already would pass over to the colour, and say the old one.
    const probe = document.createElement("span");
    probe.style.color = `var(${token})`;
    element.append(probe);
    const { color } = getComputedStyle(probe);
    probe.remove();
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
