import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

// A second copy of any of these breaks `instanceof` silently.
const single = [
  "yjs",
  "lib0",
  "y-protocols",
  "prosemirror-model",
  "prosemirror-state",
  "prosemirror-view",
];

const backend = process.env["FOOTPRINT_BACKEND"] ?? "http://127.0.0.1:8080";

export default defineConfig({
  plugins: [react()],
  resolve: { dedupe: [...single, "prosemirror-transform"] },
  build: {
    target: "es2023",
    sourcemap: true,
    manifest: true,
    // The content security policy allows no data: URLs.
    assetsInlineLimit: 0,
    assetsDir: "static",
  },
  css: { preprocessorOptions: { scss: { quietDeps: true } } },
  server: {
    host: "127.0.0.1",
    strictPort: true,
    proxy: { "/api": backend, "/collab": { target: backend, ws: true } },
  },
});
