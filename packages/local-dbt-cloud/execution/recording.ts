import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { z } from "zod";
import { STATUS, type EndStatus } from "../resources/runs/runs";

const RESULTS = { success: STATUS.success, error: STATUS.error } as const;

/** A dbt step that ran. */
const recordedStepSchema = z.strictObject({
  /** The name of the step's job. Without it, the step stands for those of every job. */
  job: z.string().min(1).optional(),
  /** The dbt command. Without it, the step stands for every command. */
  command: z.string().min(1).optional(),
  /** The duration of the step. */
  seconds: z.number().min(0).max(86_400),
  /** The result of the step. Default: success. */
  status: z.enum(["success", "error"]).default("success"),
  /** The reason of an error, for people. Default: none. */
  message: z.string().optional(),
});

/** A file of recorded steps. */
export const recordingSchema = z.strictObject({ steps: z.array(recordedStepSchema).min(1) });

/** The file of recorded steps as JSON. */
export type RecordingFile = z.input<typeof recordingSchema>;

/** The recorded end of a step. */
export interface RecordedEnd {
  readonly seconds: number;
  readonly status: EndStatus;
  readonly message: string | undefined;
}

/** The step whose recorded end is wanted. */
export interface StepToReplay {
  readonly job: string;
  readonly command: string;
  readonly runId: number;
  readonly index: number;
}

type RecordedStep = z.output<typeof recordedStepSchema>;

/** Durations and results of steps, which replace dbt. */
export class Recording {
  private constructor(
    /** The file, for messages. */
    readonly file: string,
    private readonly seed: number,
    private readonly steps: ReadonlyMap<string, readonly RecordedStep[]>,
  ) {}

  /**
   * Reads a recording.
   *
   * @param seed selects among several recorded steps that fit
   * @throws Error naming the file and the first value that is not accepted
   */
  static read(file: string, seed: number): Recording {
    return Recording.of(parsed(file), seed, file);
  }

  /** A recording of these steps. */
  static of({ steps }: z.output<typeof recordingSchema>, seed: number, file: string): Recording {
    const groups = new Map<string, RecordedStep[]>();
    for (const step of steps) {
      const key = keyOf(step.job, step.command);
      groups.set(key, [...(groups.get(key) ?? []), step]);
    }
    return new Recording(file, seed, groups);
  }

  /**
   * The recorded end of a step. A step of the same job and command comes first, then one of the same command, then one of
   * the same job, then one without both. Undefined when none fits. The seed, the run and the index select one of several,
   * so the choice does not depend on earlier ones.
   */
  endOf({ job, command, runId, index }: StepToReplay): RecordedEnd | undefined {
    const fitting = [keyOf(job, command), keyOf(undefined, command), keyOf(job, undefined), keyOf(undefined, undefined)]
      .map((key) => this.steps.get(key))
      .find((steps) => steps !== undefined);
    if (!fitting) return undefined;
    const { seconds, status, message } = fitting.length === 1 ? fitting[0]! : this.select(fitting, runId, index);
    return { seconds, status: RESULTS[status], message };
  }

  private select(steps: readonly RecordedStep[], runId: number, index: number): RecordedStep {
    const hash = createHash("sha256").update(`${this.seed} ${runId} ${index}`).digest();
    return steps[hash.readUInt32BE(0) % steps.length]!;
  }
}

function keyOf(job: string | undefined, command: string | undefined): string {
  return JSON.stringify([job ?? null, command ?? null]);
}

function parsed(file: string): z.output<typeof recordingSchema> {
  let json: unknown;
  try {
    json = JSON.parse(readFileSync(file, "utf8"));
  } catch (error) {
    throw new Error(`--replay ${file}: ${(error as Error).message}`);
  }
  const read = recordingSchema.safeParse(json);
  if (read.success) return read.data;
  const { path, message } = read.error.issues[0]!;
  throw new Error(`--replay ${file}: ${path.map(String).join(".") || "the file"}: ${message}`);
}
