import { createHmac, randomUUID, timingSafeEqual } from "node:crypto";
import {
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { z } from "zod";
import type { ProcessEnvironment } from "../../env-files/process-environment";
import { CommandError } from "../commands/command";
import { EXIT } from "../exit-codes";

/** The approval of one plan by a person. */
const approvalSchema = z.strictObject({
  id: z.uuid(),
  /** The hash of the plan. It also stands for the account, the environment, the branch and the person. */
  hash: z.string(),
  approved_by: z.string(),
  expires_at: z.iso.datetime(),
});

/** A file with an approval. The signature needs the token, so only a person who could deploy can approve. */
const fileSchema = z.strictObject({ approval: approvalSchema, signature: z.string() });

type Approval = z.output<typeof approvalSchema>;

/** What is known about a new approval. */
export interface NewApproval {
  readonly hash: string;
  readonly by: string;
  /** How long it is valid, in minutes. */
  readonly minutes: number;
  readonly now: Date;
}

/** No approval is valid for longer than this. */
const LONGEST_APPROVAL_MINUTES = 1440;
const MINUTE = 60 * 1000;
const OTHERS = 0o077;
const HASH = /^[0-9a-f]{64}$/;
const USED = ".used";

/** The approvals of a person, as files that only the person can read and write. */
export class Approvals {
  private readonly folder: string;

  /**
   * @param env the environment variables; `XDG_STATE_HOME` is the parent folder (default: `~/.local/state`)
   * @param token the token of dbt Cloud, with which approvals are signed
   */
  constructor(
    env: ProcessEnvironment,
    private readonly token: string,
  ) {
    const state = env["XDG_STATE_HOME"] || join(homedir(), ".local", "state");
    this.folder = join(state, "dbt-job-manager", "approvals");
  }

  /**
   * Approves a plan once. It replaces an earlier approval of the same plan.
   *
   * @throws CommandError when other people can write the folder
   */
  add({ hash, by, minutes, now }: NewApproval): void {
    mkdirSync(this.folder, { recursive: true, mode: 0o700 });
    this.checkFolder(hash);
    this.removeOld(now);
    const expires = new Date(now.getTime() + minutes * MINUTE).toISOString();
    const approval: Approval = { id: randomUUID(), hash, approved_by: by, expires_at: expires };
    const complete = `${this.fileOf(hash)}.${process.pid}`;
    writeFileSync(complete, JSON.stringify({ approval, signature: this.signatureOf(approval) }), { mode: 0o600 });
    renameSync(complete, this.fileOf(hash));
  }

  /**
   * Uses up the approval of a plan.
   *
   * @returns the name of the person who approved the plan
   * @throws CommandError when nobody approved the plan, the approval was used or is too old, or the file cannot be trusted
   */
  take(hash: string, now: Date): string {
    const approval = this.read(hash);
    if (approval.expires_at <= now.toISOString()) {
      throw this.refusal(hash, `the approval of the plan ended at ${approval.expires_at}`);
    }
    const isFirst = this.markAsUsed(approval);
    rmSync(this.fileOf(hash), { force: true });
    if (!isFirst) throw this.refusal(hash, "the approval of the plan was used before, and each is valid once");
    return approval.approved_by;
  }

  /** Only one of several processes can create the file, so only one of them uses the approval. */
  private markAsUsed({ id }: Approval): boolean {
    try {
      writeFileSync(join(this.folder, `${id}${USED}`), "", { flag: "wx", mode: 0o600 });
      return true;
    } catch (error) {
      if (codeOf(error) === "EEXIST") return false;
      throw error;
    }
  }

  private read(hash: string): Approval {
    if (!HASH.test(hash)) throw this.nobody(hash);
    this.checkFolder(hash);
    const { approval, signature } = this.content(hash);
    const isSigned = isSame(signature, this.signatureOf(approval)) && approval.hash === hash;
    if (isSigned) return approval;
    throw this.refusal(hash, "the approval of the plan was not signed with this token of dbt Cloud");
  }

  /** The content of a file that only the person can read and write. A link is not followed. */
  private content(hash: string): z.output<typeof fileSchema> {
    let file: number | undefined;
    try {
      file = openSync(this.fileOf(hash), constants.O_RDONLY | constants.O_NOFOLLOW);
      if (!isPrivate(fstatSync(file))) throw this.refusal(hash, "other people can use the file of the approval");
      return fileSchema.parse(JSON.parse(readFileSync(file, "utf8")));
    } catch (error) {
      if (error instanceof CommandError) throw error;
      if (codeOf(error) === "ENOENT") throw this.nobody(hash);
      throw this.refusal(hash, "the file of the approval is not readable");
    } finally {
      if (file !== undefined) closeSync(file);
    }
  }

  private checkFolder(hash: string): void {
    const stat = lstatSync(this.folder, { throwIfNoEntry: false });
    if (!stat) throw this.nobody(hash);
    if (stat.isDirectory() && isPrivate(stat)) return;
    throw new CommandError(
      EXIT.failed,
      `other people can write ${this.folder}, so its approvals cannot be trusted; run \`chmod 700 ${this.folder}\`, ` +
        "and check that you own it. Nothing was changed.",
    );
  }

  /** An approval is never valid for longer than a day, so an older file has no use. */
  private removeOld(now: Date): void {
    for (const name of readdirSync(this.folder)) {
      const stat = statSync(join(this.folder, name), { throwIfNoEntry: false });
      if (stat && now.getTime() - stat.mtimeMs > LONGEST_APPROVAL_MINUTES * MINUTE)
        rmSync(join(this.folder, name), { force: true });
    }
  }

  private signatureOf({ id, hash, approved_by, expires_at }: Approval): string {
    const text = JSON.stringify(["dbt-job-manager approval", id, hash, approved_by, expires_at]);
    return createHmac("sha256", this.token).update(text).digest("hex");
  }

  private fileOf(hash: string): string {
    return join(this.folder, `${hash}.json`);
  }

  private nobody(hash: string): CommandError {
    return this.refusal(hash, "nobody has approved the plan, or the approval was used before");
  }

  private refusal(hash: string, reason: string): CommandError {
    return new CommandError(
      EXIT.failed,
      `${reason}. Nothing was changed. A person approves it in a terminal: \`dbt-job-manager approve ${hash}\``,
    );
  }
}

function isPrivate({ uid, mode }: { readonly uid: number; readonly mode: number }): boolean {
  return uid === process.getuid?.() && (mode & OTHERS) === 0;
}

function isSame(a: string, b: string): boolean {
  return a.length === b.length && timingSafeEqual(Buffer.from(a), Buffer.from(b));
}

function codeOf(error: unknown): string | undefined {
  return (error as NodeJS.ErrnoException).code;
}
