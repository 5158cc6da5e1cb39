import { App } from "cdktf";
import { EnvironmentStack } from "./constructs/environment-stack";
import { loadEnvironments } from "./src/env-files/load";
import { ConfigurationError } from "./src/env-files/problem";
import { withoutSecrets } from "./src/env-files/secrets";
import { readSettings } from "./src/env-files/settings";

// cdktf collects a stack trace for each value of each resource. They are not used, and they take a fifth of the time.
Error.stackTraceLimit = 0;
try {
  const settings = readSettings(process.env);
  const environments = loadEnvironments(["environments"], settings);
  const app = new App({ stackTraces: false });
  for (const definition of environments) {
    if (definition.applied_by === "terraform") new EnvironmentStack(app, { definition, environments, settings });
  }
  app.synth();
  if (settings.tokenOnlyInOurSpelling) {
    console.error('The Terraform provider reads another name: export DBT_CLOUD_TOKEN="$DBTCLOUD_TOKEN"');
  }
} catch (error) {
  if (!(error instanceof ConfigurationError)) throw error;
  console.error(withoutSecrets(error.message, process.env));
  process.exitCode = 78;
}
