import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TerraformJson } from "./synthesis";

/** A folder with one stack and its state. terraform runs in it and does not block this process, which serves its requests. */
export class TerraformWorkspace {
  readonly folder = mkdtempSync(join(tmpdir(), "workspace-"));
  private initialized = false;

  /** @param env environment variables of terraform, which a test may replace */
  constructor(public env: Readonly<Record<string, string>>) {}

  /** Replaces the stack. The state stays in the folder, even when the stack names another place. */
  write(stack: TerraformJson): void {
    const { backend: _backend, ...settings } = stack["terraform"] as Record<string, unknown>;
    writeFileSync(join(this.folder, "cdk.tf.json"), JSON.stringify({ ...stack, terraform: settings }));
  }

  /** @throws with terraform's output when terraform does not accept the folder */
  async validate(): Promise<void> {
    const { code, output } = await this.run("validate");
    if (code !== 0) throw new Error(output);
  }

  /** @throws with terraform's output when it fails */
  async apply(): Promise<string> {
    const { code, output } = await this.run("apply", "-auto-approve", "-input=false");
    if (code !== 0) throw new Error(output);
    return output;
  }

  /** @throws with terraform's output when it fails */
  async destroy(): Promise<void> {
    const { code, output } = await this.run("destroy", "-auto-approve", "-input=false");
    if (code !== 0) throw new Error(output);
  }

  /** The changes that terraform plans, in its own words; empty when there are none. */
  async differences(): Promise<string> {
    const { code, output } = await this.run("plan", "-detailed-exitcode", "-input=false");
    return code === 0 ? "" : output;
  }

  /** An output of the stack. */
  async output<T>(name: string): Promise<T> {
    const { output } = await this.run("output", "-json", name);
    return JSON.parse(output) as T;
  }

  remove(): void {
    rmSync(this.folder, { recursive: true });
  }

  private async run(...args: readonly string[]): Promise<{ readonly code: number; readonly output: string }> {
    if (!this.initialized) {
      this.initialized = true;
      const { code, output } = await this.run("init", "-input=false");
      if (code !== 0) throw new Error(output);
    }
    return new Promise((resolve, reject) => {
      const child = spawn("terraform", [...args, "-no-color"], {
        cwd: this.folder,
        env: { ...process.env, ...this.env, CHECKPOINT_DISABLE: "1" },
        stdio: ["ignore", "pipe", "pipe"],
      });
      let output = "";
      for (const stream of [child.stdout, child.stderr])
        stream.on("data", (chunk: Buffer) => (output += chunk.toString()));
      child.on("error", reject);
      child.on("close", (code) => {
        resolve({ code: code ?? -1, output });
      });
    });
  }
}
