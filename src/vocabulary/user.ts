/** Rights in the console, the API and the CLI. `owner` owns agents; `approver` decides holds; `auditor` reads all. */
export type Role = "admin" | "approver" | "auditor" | "owner";
