import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

/**
 * What comes out runs under the console's content security policy: no inline script or style, no data: addresses, no
 * markup from strings. Every file but the document carries a hash of its bytes in its name.
 */
export default defineConfig({
  base: "/console/",
  publicDir: false,
  plugins: [react()],
  build: {
    target: "es2023",
    // Those that have light-dark(): all since May 2024.
    cssTarget: ["chrome123", "firefox120", "safari17.5"],
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    // The notices that the libraries' licences ask to be passed on.
    license: { fileName: "licenses.md" },
  },
});
