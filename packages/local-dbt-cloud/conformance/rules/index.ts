import type { RuleGroup } from "../rule";
import { accounts } from "./accounts";
import { artifacts } from "./artifacts";
import { connections } from "./connections";
import { credentials } from "./credentials";
import { deletions } from "./deletions";
import { echoes } from "./echoes";
import { environmentVariables } from "./environment-variables";
import { environments } from "./environments";
import { errors } from "./errors";
import { extendedAttributes } from "./extended-attributes";
import { jobRefusals } from "./job-refusals";
import { jobSchedules } from "./job-schedules";
import { jobTypes } from "./job-types";
import { jobs } from "./jobs";
import { notifications } from "./notifications";
import { otherLists } from "./other-lists";
import { paging } from "./paging";
import { people } from "./people";
import { profiles } from "./profiles";
import { projects } from "./projects";
import { repositories } from "./repositories";
import { runLists } from "./run-lists";
import { runRetries } from "./run-retries";
import { runSteps } from "./run-steps";
import { runTriggers } from "./run-triggers";
import { runs } from "./runs";
import { semanticLayer } from "./semantic-layer";
import { serviceTokens } from "./service-tokens";
import { transport } from "./transport";
import { webhooks } from "./webhooks";

/** All rules, in the order in which they are checked and printed. */
export const RULE_GROUPS: readonly RuleGroup[] = [
  transport,
  errors,
  paging,
  otherLists,
  accounts,
  projects,
  environments,
  jobs,
  jobSchedules,
  jobTypes,
  jobRefusals,
  runTriggers,
  runs,
  runSteps,
  runRetries,
  runLists,
  artifacts,
  connections,
  credentials,
  repositories,
  environmentVariables,
  extendedAttributes,
  notifications,
  people,
  serviceTokens,
  webhooks,
  profiles,
  semanticLayer,
  deletions,
  echoes,
];
