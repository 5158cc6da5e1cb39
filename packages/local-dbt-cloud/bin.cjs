#!/usr/bin/env node
require("../../dist/packages/local-dbt-cloud/main.js");
