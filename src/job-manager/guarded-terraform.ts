import { spawn } from "node:child_process";
import { copyFileSync, existsSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";

/** The file that `dbt-job-manager guard` reads in the stack's folder. */
const PLAN = "plan";
/** The file that synthesis writes there. */
const STACK = "cdk.tf.json";
/** The env var with the folder of a plan that was reviewed, and of the stack of which it is the plan. */
const REVIEWED = "REVIEWED_PLAN";
const STALE = "Saved plan is stale";
const APPROVED = "-auto-approve";
/** The options of `terraform apply` that also belong to the apply of a plan. */
const OPTIONS_OF_APPLY = /^-(no-color|compact-warnings|parallelism|lock|lock-timeout)(=|$)/;

/**
 * Runs terraform for cdktf, which `TERRAFORM_BINARY_NAME` tells to use this program. For an apply, it takes the plan that was
 * reviewed, asks `dbt-job-manager guard`, and applies this very plan. Without such a plan, if the guard refuses it, or if the stack
 * or the state has changed since, it makes a new plan and does the same with it.
 */
async function main(args: readonly string[], reviewed: string | undefined): Promise<number> {
  const [command, ...options] = args;
  if (command !== "apply" || options.some((option) => !option.startsWith("-"))) return terraform(args);
  const planOptions = options.filter((option) => option !== APPROVED);
  if (planOptions.length === options.length) return (await newPlan(planOptions)) || terraform(args);
  if (reviewed && isOfThisStack(reviewed)) {
    const applied = await applyReviewed(join(reviewed, PLAN), planOptions);
    if (applied !== undefined) return applied;
  }
  return (await newPlan(planOptions)) || (await apply(planOptions)).exitCode;
}

/** Whether the reviewed plan was made of the stack in this folder. */
function isOfThisStack(folder: string): boolean {
  const [plan, stack] = [join(folder, PLAN), join(folder, STACK)];
  if (!existsSync(plan) || !existsSync(stack)) {
    say(`There is no reviewed plan in ${folder}: ${PLAN} and ${STACK} must be there.`);
    return false;
  }
  if (readFileSync(stack).equals(readFileSync(STACK))) return true;
  say(`The plan in ${folder} is of another stack.`);
  return false;
}

/** @returns the exit code; undefined when nothing was applied, because the guard refuses the plan or the state has changed since */
async function applyReviewed(plan: string, options: readonly string[]): Promise<number | undefined> {
  copyFileSync(plan, PLAN);
  if ((await guard()) !== 0) {
    // The job that it would create may be in the state by now.
    say("The guard refuses the plan that was reviewed, so a new one is made.");
    return undefined;
  }
  say("Applying the plan that was reviewed.");
  const { exitCode, errors } = await apply(options);
  if (exitCode === 0 || !errors.includes(STALE)) return exitCode;
  say("The state has changed since the review.");
  return undefined;
}

/** @returns 0 when there is a plan that the guard lets pass */
async function newPlan(options: readonly string[]): Promise<number> {
  return (await terraform(["plan", `-out=${PLAN}`, "-input=false", ...options])) || guard();
}

/** Applies the plan in this folder. */
function apply(options: readonly string[]): Promise<Ended> {
  const given = options.filter((option) => OPTIONS_OF_APPLY.test(option));
  // A pipeline that is cancelled sends its signal to all programs of the group. A provider that dies from it leaves objects that
  // no state knows, so terraform and its provider are a group of their own, and only terraform gets the signal.
  return run("terraform", ["apply", "-input=false", ...given, PLAN], { detached: true });
}

async function guard(): Promise<number> {
  const program = join(__dirname, "main.js");
  return (await run(process.execPath, [program, "guard", basename(process.cwd())])).exitCode;
}

async function terraform(args: readonly string[]): Promise<number> {
  return (await run("terraform", args)).exitCode;
}

interface Ended {
  readonly exitCode: number;
  /** What the program wrote to standard error, in a group of its own. */
  readonly errors: string;
}

/** Runs a program on this program's terminal. A detached one is in a process group of its own and gets the signals from here. */
function run(program: string, args: readonly string[], { detached = false } = {}): Promise<Ended> {
  const child = spawn(program, args, { detached, stdio: ["inherit", "inherit", detached ? "pipe" : "inherit"] });
  let errors = "";
  child.stderr?.on("data", (chunk: Buffer) => {
    errors += chunk.toString();
    process.stderr.write(chunk);
  });
  // A program of this group gets the same signal, finishes what it has begun, and this program waits for it.
  const onSignal = (signal: NodeJS.Signals): void => {
    if (detached) child.kill(signal);
  };
  for (const signal of SIGNALS) process.on(signal, onSignal);
  return new Promise((done) => {
    const end = (exitCode: number): void => {
      for (const signal of SIGNALS) process.off(signal, onSignal);
      done({ exitCode, errors });
    };
    child.on("error", (error) => {
      process.stderr.write(`${program} cannot start: ${error.message}\n`);
      end(1);
    });
    child.on("close", (code) => {
      end(code ?? 1);
    });
  });
}

const SIGNALS = ["SIGINT", "SIGTERM"] as const;

function say(message: string): void {
  process.stdout.write(`${message}\n`);
}

void main(process.argv.slice(2), process.env[REVIEWED]?.trim()).then((exitCode) => {
  process.exitCode = exitCode;
});
