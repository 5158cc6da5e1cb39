#!/usr/bin/env node
require("../../dist/src/job-manager/guarded-terraform.js");
