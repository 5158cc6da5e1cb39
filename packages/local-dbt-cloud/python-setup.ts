import { join } from "node:path";
import { SetUpError, setUpPython } from "./python/virtual-environment";

/** `npm run python:setup [-- --dev]`: the Python programs that runs and checks need, in `.venv`. */
try {
  setUpPython({
    root: join(__dirname, "..", ".."),
    dev: process.argv.includes("--dev"),
    path: process.env["PATH"] ?? "",
    say: console.log,
  });
} catch (error) {
  if (!(error instanceof SetUpError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
