import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

// The tests live beside the other suites; what they import resolves from web/node_modules.
export default defineConfig({
  root: fileURLToPath(new URL("..", import.meta.url)),
  cacheDir: fileURLToPath(new URL("node_modules/.vite", import.meta.url)),
  test: {
    include: ["tests/web/**/*.test.ts", "tests/web/**/*.test.tsx"],
    environment: "node",
  },
  resolve: {
    dedupe: [
      "yjs",
      "lib0",
      "y-protocols",
      "prosemirror-model",
      "prosemirror-state",
      "prosemirror-view",
    ],
    preserveSymlinks: false,
  },
});
