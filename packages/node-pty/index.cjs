// cdktf-cli 0.21 requires @cdktf/node-pty-prebuilt-multiarch, which has no binary for Node.js above 22. npm links this
// workspace in its place. An alias in `overrides` does the same, but npm 9, which Debian 13 brings, cannot read one.
module.exports = require("@lydell/node-pty");
