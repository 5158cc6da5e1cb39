import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setUpPython } from "../../../src/python/virtual-environment";

let root: string;
let bin: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "python-"));
  bin = join(root, "bin");
  mkdirSync(bin);
  writeFileSync(join(root, "requirements.txt"), "dbt-core==1\n");
  writeFileSync(join(root, "requirements-dev.txt"), "-r requirements.txt\nsqlglot==1\n");
  writeFileSync(join(root, "requirements-bench.txt"), "-r requirements-dev.txt\npolars==1\n");
});
afterEach(() => {
  rmSync(root, { recursive: true });
});

/**
 * A stand-in for Python. It prints its version, and creates a venv with a dbt and a pip that records its calls or
 * fails.
 */
function addPython(name: string, version: string, pip = "exit 0"): void {
  const inside = join(root, ".venv", "bin");
  const script = `#!/bin/sh
case "$*" in
  --version) echo "Python ${version}" ;;
  *venv*) /bin/mkdir -p ${inside}; /bin/cp "$0" ${inside}/python; /bin/cp "$0" ${inside}/dbt; echo venv >> ${root}/calls ;;
  *) for last; do :; done; echo "pip \${last##*/}" >> ${root}/calls; ${pip} ;;
esac
`;
  writeFileSync(join(bin, name), script);
  chmodSync(join(bin, name), 0o755);
}

function setUp(...extras: string[]): string[] {
  const said: string[] = [];
  setUpPython({ root, extras, path: bin, say: (line) => said.push(line) });
  return said;
}

function calls(): string[] {
  const file = join(root, "calls");
  return existsSync(file) ? readFileSync(file, "utf8").trimEnd().split("\n") : [];
}

describe("the set-up of Python", () => {
  it("creates .venv once for the same requirements", () => {
    addPython("python3", "3.11.7");
    expect(setUp()).toEqual(["Creating .venv with python3", "Installing requirements.txt", ".venv is ready"]);
    expect(setUp()).toEqual([".venv is up to date"]);
    expect(calls()).toEqual(["venv", "pip requirements.txt"]);
  });

  it("creates it again for other requirements", () => {
    addPython("python3", "3.11.7");
    setUp();
    writeFileSync(join(root, "requirements.txt"), "dbt-core==2\n");
    setUp();
    expect(calls()).toEqual(["venv", "pip requirements.txt", "venv", "pip requirements.txt"]);
  });

  it("adds the tools of checks on request, and keeps them", () => {
    addPython("python3", "3.11.7");
    setUp();
    expect(setUp("dev")).toEqual(["Installing requirements-dev.txt", ".venv is ready"]);
    expect(setUp("dev")).toEqual([".venv is up to date"]);
    expect(setUp()).toEqual([".venv is up to date"]);
    expect(calls()).toEqual(["venv", "pip requirements.txt", "pip requirements-dev.txt"]);
  });

  it("adds the requirements of several uses, each once", () => {
    addPython("python3", "3.11.7");
    expect(setUp("dev", "bench")).toContain("Installing requirements-bench.txt");
    writeFileSync(join(root, "requirements-bench.txt"), "polars==2\n");
    expect(setUp("dev", "bench")).toEqual(["Installing requirements-bench.txt", ".venv is ready"]);
    expect(setUp("dev")).toEqual([".venv is up to date"]);
    const installed = ["pip requirements.txt", "pip requirements-dev.txt", "pip requirements-bench.txt"];
    expect(calls()).toEqual(["venv", ...installed, "pip requirements-bench.txt"]);
  });

  it("installs requirements again when a file that they read has changed", () => {
    addPython("python3", "3.11.7");
    setUp("bench");
    writeFileSync(join(root, "requirements-dev.txt"), "-r requirements.txt\nsqlglot==2\n");
    expect(setUp("bench")).toEqual(["Installing requirements-bench.txt", ".venv is ready"]);
  });

  it("repeats a failed installation", () => {
    addPython("python3", "3.11.7", "exit 1");
    expect(() => setUp()).toThrow(/pip install .*requirements.txt` failed: exit code 1/);
    addPython("python3", "3.11.7");
    expect(setUp()).toContain(".venv is ready");
  });

  it("uses another Python if the first is too old", () => {
    addPython("python3", "3.9.18");
    addPython("python3.12", "3.12.1");
    expect(setUp()[0]).toBe("Creating .venv with python3.12");
  });

  it("prints the required Python versions", () => {
    expect(() => setUp()).toThrow(
      "Python 3.10 to 3.13 is needed; python3 is not on PATH. Install one of them, then run",
    );
    addPython("python3", "3.9.18");
    expect(() => setUp()).toThrow("Python 3.10 to 3.13 is needed; python3 is Python 3.9.18. Install");
  });
});
