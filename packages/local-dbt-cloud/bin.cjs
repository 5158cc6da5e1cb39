#!/usr/bin/env node
// Node.js 22 and later keep compiled code between runs. Node.js 20 does not have the function.
require("node:module").enableCompileCache?.();
require("../../dist/packages/local-dbt-cloud/main.js");
