import { join } from "node:path";
import { SetUpError, setUpPython } from "./virtual-environment";

/** `npm run python:setup [-- --dev --bench --ltv]`: installs the Python programs for runs, checks, benchmarks and the fit into `.venv`. */
try {
  setUpPython({
    root: join(__dirname, "..", ".."),
    extras: ["dev", "bench", "ltv"].filter((extra) => process.argv.includes(`--${extra}`)),
    path: process.env["PATH"] ?? "",
    say: console.log,
  });
} catch (error) {
  if (!(error instanceof SetUpError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
