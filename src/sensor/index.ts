// Sensor: Doorward on a machine that runs agents and models: looks again and again, and tells a server what changed.
export { openSensorHome, sensorDirectory, type SensorHome } from "./home.ts";
export { runLoop } from "./loop.ts";
export type { SensorPorts } from "./port.ts";
export { sender, SENSOR_EGRESS } from "./sending.ts";
export { watchFolders } from "./watching.ts";
