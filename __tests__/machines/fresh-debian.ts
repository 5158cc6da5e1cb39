import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { parseArgs } from "node:util";
import { cloneCheckout } from "./checkout";
import { machineSettings, type MachineSettings } from "./machine-settings";

const SUITE = "trixie";
const PACKAGES = "nodejs npm git python3-venv ca-certificates";
const SCRIPT = "npm ci && npm start";
/** The clone and the home folder, as the programs inside see them. */
const CHECKOUT = "/checkout";
const HOME = "/root";

/**
 * `npm run test:fresh [-- --script LINES --packages NAMES --debian FOLDER]`: makes a bare Debian 13 with the packages that
 * the README asks for, clones the checkout into it and runs the README's first command there.
 *
 * `--script` runs other shell lines, `--packages` takes other packages, and `--debian` keeps the Debian in a folder and uses
 * it again if it is there.
 */
function main(): number {
  const { values } = parseArgs({
    options: {
      script: { type: "string", default: SCRIPT },
      packages: { type: "string", default: PACKAGES },
      debian: { type: "string" },
    },
  });
  const problem = obstacle();
  if (problem !== undefined) {
    console.error(`npm run test:fresh cannot run: ${problem}`);
    return 1;
  }
  const debian = values.debian ?? mkdtempSync(join(tmpdir(), "fresh-debian-"));
  try {
    const made = existsSync(join(debian, "etc", "debian_version"));
    const ready =
      made || timed(`make Debian ${SUITE} with ${values.packages}`, () => makeDebian(debian, values.packages));
    return ready ? testIn(debian, values.script) : 1;
  } finally {
    if (values.debian === undefined) rmSync(debian, { recursive: true, force: true });
  }
}

function obstacle(): string | undefined {
  if (process.getuid?.() !== 0) return "it needs root, to make a Debian and to change into it";
  if (spawnSync("mmdebstrap", ["--version"]).status !== 0)
    return "mmdebstrap is not on PATH (apt-get install mmdebstrap)";
  if (spawnSync("unshare", [...NAMESPACES, "chroot", "/", "true"]).status !== 0) {
    return "this machine allows no chroot in mount and process namespaces of its own (unshare, chroot)";
  }
  return undefined;
}

/** Mounts and processes inside end with the script, also when it is killed. */
const NAMESPACES = ["--mount", "--pid", "--fork", "--kill-child"];

function makeDebian(debian: string, packages: string): boolean {
  const args = ["--quiet", "--variant=minbase", `--include=${packages.split(" ").join(",")}`, SUITE, debian];
  return inherit("mmdebstrap", [...args, ...debianMirror()]);
}

/** The mirror that this machine's apt uses for Debian; none elsewhere, so that mmdebstrap uses its own default. */
function debianMirror(): string[] {
  const format = ["--format", "$(REPO_URI)", "ORIGIN: Debian", "LABEL: Debian"];
  const { stdout } = spawnSync("apt-get", ["indextargets", ...format], { encoding: "utf8" });
  const [mirror] = (stdout as string | null)?.split("\n").filter((line) => line !== "") ?? [];
  return mirror === undefined ? [] : [mirror];
}

function testIn(debian: string, script: string): number {
  const settings = machineSettings(process.env, homedir());
  copyFiles(settings, debian);
  rmSync(join(debian, CHECKOUT), { recursive: true, force: true });
  cloneCheckout(join(debian, CHECKOUT));
  const lines = ["mount --rbind /dev $0/dev", "mount -t proc proc $0/proc", 'exec chroot $0 /usr/bin/env -i "$@"'].join(
    " && ",
  );
  const env = { PATH: "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", HOME, ...settings.env };
  const assignments = Object.entries(env).map(([name, value]) => `${name}=${value}`);
  const inside = [...assignments, "sh", "-ec", `cd ${CHECKOUT}\n${script}`];
  return timed(script, () => inherit("unshare", [...NAMESPACES, "sh", "-c", lines, debian, ...inside])) ? 0 : 1;
}

/** A file that the new Debian has already, as its certificates, is replaced. */
function copyFiles({ files }: MachineSettings, debian: string): void {
  for (const [from, to] of Object.entries(files)) {
    if (!existsSync(from)) continue;
    mkdirSync(dirname(join(debian, to)), { recursive: true });
    inherit("cp", ["-RLT", "--remove-destination", from, join(debian, to)]);
  }
}

function inherit(command: string, args: readonly string[]): boolean {
  return spawnSync(command, args, { stdio: ["ignore", "inherit", "inherit"] }).status === 0;
}

function timed(step: string, action: () => boolean): boolean {
  const start = performance.now();
  console.log(`== ${step}`);
  const passed = action();
  console.log(`== ${passed ? "passed" : "FAILED"} in ${((performance.now() - start) / 1000).toFixed(0)} s: ${step}`);
  return passed;
}

process.exitCode = main();
