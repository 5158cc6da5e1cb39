import { Job } from "@cdktf/provider-dbtcloud/lib/job";
import { DbtcloudProvider } from "@cdktf/provider-dbtcloud/lib/provider";
import { App, LocalBackend, TerraformOutput, TerraformStack } from "cdktf";

/**
 * The smallest cdktf program for the same jobs: literals only, without env files, checks or constructs.
 * Arguments: pairs of stack name and number of jobs.
 */
const app = new App({ stackTraces: false });
const [, , ...pairs] = process.argv;
for (let i = 0; i < pairs.length; i += 2) addStack(pairs[i]!, Number(pairs[i + 1]));
app.synth();

function addStack(name: string, count: number): void {
  const stack = new TerraformStack(app, name);
  new LocalBackend(stack, { path: `../../../state/${name}.tfstate` });
  new DbtcloudProvider(stack, "DbtCloud", {});
  const ids: Record<string, number> = {};
  for (let n = 1; n <= count; n++) {
    const job = new Job(stack, `job-${n}`, {
      name: `marketing-team-job-${n}-${name}`,
      description: `Job ${n}\n\nOwner: marketing`,
      projectId: 102,
      environmentId: 302,
      executeSteps: ["dbt source freshness --select source:dbt_production", `dbt build --select tag:t${n}`],
      scheduleType: "custom_cron",
      scheduleCron: `0 ${n % 24} * * *`,
      triggers: { githubWebhook: false, gitProviderWebhook: false, schedule: true, onMerge: false },
      triggersOnDraftPr: false,
      targetName: "default",
      numThreads: 4,
      execution: { timeoutSeconds: 3600 },
      generateDocs: false,
      runGenerateSources: false,
      runCompareChanges: false,
      compareChangesFlags: "--select state:modified",
      runLint: false,
      errorsOnLintFailure: true,
      costOptimizationFeatures: [],
    });
    job.overrideLogicalId(`job-${n}`);
    ids[`job-${n}`] = job.getNumberAttribute("id");
  }
  new TerraformOutput(stack, "job_ids", { value: ids });
}
