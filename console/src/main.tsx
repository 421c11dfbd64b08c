import "./ui/tokens.css";
import "./ui/base.css";
import { createRoot } from "react-dom/client";
import { App } from "./app/app.tsx";
import { applyTheme } from "./app/theme.ts";
import { takeCallback } from "./session/callback.ts";

takeCallback();
applyTheme();
const root = document.getElementById("root");
if (root !== null) createRoot(root).render(<App />);
