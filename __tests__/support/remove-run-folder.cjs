const { rmSync } = require("node:fs");

/** Removes the folder of the test run. */
module.exports = () => {
  rmSync(process.env.RUN_FOLDER, { recursive: true, force: true });
};
