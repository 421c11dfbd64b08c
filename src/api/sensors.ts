import type { IncomingMessage, ServerResponse } from "node:http";
import { Fault } from "#base";
import { REPORT_BYTES_MAX, REPORT_PATH } from "#fleet";
import { bearerOf } from "#identity";
import { createFleetReports, type FleetReports, type ReportsOutside } from "#operations";
import { readAtMost } from "./body.ts";
import { ANSWER_HEADERS, sendProblem } from "./problem.ts";

/** Of all sensors together: each holds a body in memory, and waits for the disk. */
const AT_ONCE_MAX = 32;
const RETRY_AFTER_S = 5;

/** POST of a report with a sensor's key; 200 with its sequence once it is on record. Nothing is read of who has no key. */
export function createSensorFace(
  outside: ReportsOutside,
): (request: IncomingMessage, response: ServerResponse) => boolean {
  const reports = createFleetReports(outside);
  /** A key once: whoever has one keeps nobody else from telling. */
  const open = new Set<string>();
  return (request, response) => {
    if (request.url !== REPORT_PATH) return false;
    const key = bearerOf(request.headers.authorization);
    if (request.method !== "POST" || key === null || !reports.knows(key)) {
      sendProblem(response, keyUnknown());
      request.resume();
      return true;
    }
    if (open.size >= AT_ONCE_MAX || open.has(key)) {
      response.setHeader("retry-after", RETRY_AFTER_S);
      sendProblem(response, tooMany());
      request.resume();
      return true;
    }
    open.add(key);
    void answered(taken(request, key, reports), response).finally(() => open.delete(key));
    return true;
  };
}

async function answered(taking: ReturnType<typeof taken>, response: ServerResponse): Promise<void> {
  try {
    const body = await taking;
    response.writeHead(200, { ...ANSWER_HEADERS, "content-type": "application/json" });
    response.end(`${JSON.stringify(body)}\n`);
  } catch (cause) {
    sendProblem(response, cause);
  }
}

async function taken(request: IncomingMessage, key: string, reports: FleetReports) {
  const bytes = await readAtMost(request, REPORT_BYTES_MAX);
  if (bytes !== null) return reports.take(key, bytes);
  throw new Fault(
    "body_too_large",
    `the report has more than ${REPORT_BYTES_MAX} bytes`,
    "Send fewer events in each.",
  );
}

function keyUnknown(): Fault {
  return new Fault(
    "sensor_key_unknown",
    "this is no report of a sensor that is known here",
    "Send POST with Authorization: Bearer and the key that `doorward fleet add-sensor` showed.",
  );
}

function tooMany(): Fault {
  return new Fault(
    "reports_busy",
    "this sensor tells something already, or too many others do",
    "Send the report again in some seconds.",
  );
}
