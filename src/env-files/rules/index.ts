import { crossFileRules } from "./cross-file-rules";
import { fileRules } from "./file-rules";
import { jobRules } from "./job-rules";
import { orderRules } from "./order-rules";
import type { Rule } from "./rule";

/** Every rule about more than one value. */
export const rules: readonly Rule[] = [...fileRules, ...crossFileRules, ...jobRules, ...orderRules];
