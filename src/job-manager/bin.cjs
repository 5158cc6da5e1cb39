#!/usr/bin/env node
require("../../dist/src/job-manager/main.js");
