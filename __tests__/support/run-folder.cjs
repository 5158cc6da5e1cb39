const { mkdtempSync } = require("node:fs");
const { tmpdir } = require("node:os");
const { join } = require("node:path");

/** Makes the folder of a test run, which all workers find in RUN_FOLDER. */
module.exports = () => {
  process.env.RUN_FOLDER = mkdtempSync(join(tmpdir(), "test-run-"));
};
