#!/usr/bin/env node
require("../dist/job-manager/main.js");
