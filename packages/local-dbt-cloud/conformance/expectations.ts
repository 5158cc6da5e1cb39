import { isDeepStrictEqual } from "node:util";
import type { Answer, Data } from "./cloud";

/** A check for a value's type. The function's name appears in the message. */
type Kind = (value: unknown) => boolean;

export const text: Kind = function text(value) {
  return typeof value === "string";
};
export const integer: Kind = function integer(value) {
  return Number.isInteger(value);
};
export const flag: Kind = function flag(value) {
  return typeof value === "boolean";
};
export const list: Kind = function list(value) {
  return Array.isArray(value);
};
export const absent: Kind = function absent(value) {
  return value === undefined;
};
export const textOrNull: Kind = function textOrNull(value) {
  return value === null || text(value);
};
export const integerOrNull: Kind = function integerOrNull(value) {
  return value === null || integer(value);
};
/** Clients fail on a list here, and on an object that they did not ask for. */
export const nullOrAbsent: Kind = function nullOrAbsent(value) {
  return value === null || value === undefined;
};

/**
 * Compares a value with the expected one: the named keys of objects, the items of lists, and kinds.
 *
 * @throws Error with the place, the value and the expected value
 */
export function contains(actual: unknown, expected: unknown, place = "data"): void {
  if (typeof expected === "function") {
    if (!(expected as Kind)(actual)) throw new Error(`${place} is ${shown(actual)}, not ${expected.name}`);
  } else if (Array.isArray(expected)) {
    if (!Array.isArray(actual) || actual.length !== expected.length) {
      throw new Error(`${place} is ${shown(actual)}, not ${expected.length} items`);
    }
    for (const [i, item] of expected.entries()) contains(actual[i], item, `${place}[${i}]`);
  } else if (isObject(expected)) {
    if (!isObject(actual)) throw new Error(`${place} is ${shown(actual)}, not an object`);
    for (const [key, value] of Object.entries(expected)) contains(actual[key], value, `${place}.${key}`);
  } else {
    equal(actual, expected, place);
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null;
}

/** @throws Error with this message, unless the condition holds */
export function must(condition: boolean, wrong: string): void {
  if (!condition) throw new Error(wrong);
}

/** @throws Error with the place and both values */
export function equal(actual: unknown, expected: unknown, place: string): void {
  if (!isDeepStrictEqual(actual, expected)) throw new Error(`${place} is ${shown(actual)}, not ${shown(expected)}`);
}

/** The object of a successful answer. A create may have 200 or 201. */
export function one(answer: Answer): Data {
  succeeds(answer);
  contains(answer.json, { status: { code: answer.status, is_success: true } }, place(answer));
  const { data } = answer.json as { data: Data };
  contains(data, {}, `${place(answer)}: data`);
  return data;
}

/** The objects of an answer with a page of a list. */
export function many(answer: Answer): readonly Data[] {
  succeeds(answer);
  const page = {
    status: { code: 200, is_success: true },
    data: list,
    extra: {
      filters: { limit: integer, offset: integer },
      order_by: text,
      pagination: { count: integer, total_count: integer },
    },
  };
  contains(answer.json, page, place(answer));
  return (answer.json as { data: readonly Data[] }).data;
}

/** The ids of a page's objects. */
export function ids(answer: Answer): readonly number[] {
  return many(answer).map(({ id }) => id);
}

/** Requires a successful DELETE, with or without a body. */
export function deleted(answer: Answer): void {
  if (![200, 204].includes(answer.status)) throw new Error(`${place(answer)} was answered with ${described(answer)}`);
}

/**
 * Requires a refusal in the envelope.
 *
 * @param fields the expected messages by field
 */
export function refused(answer: Answer, status: number, fields?: object): void {
  if (answer.status !== status) {
    throw new Error(`${place(answer)} was answered with ${described(answer)}, not with ${status}`);
  }
  const envelope = { status: { code: status, is_success: false, user_message: text, developer_message: text } };
  contains(answer.json, { ...envelope, ...(fields && { data: fields }) }, place(answer));
}

function succeeds(answer: Answer): void {
  if (![200, 201].includes(answer.status)) throw new Error(`${place(answer)} was answered with ${described(answer)}`);
}

function place({ method, path }: Answer): string {
  return `${method} ${path}`;
}

function described({ status, text: body }: Answer): string {
  return `${status} ${body.slice(0, 300)}`;
}

function shown(value: unknown): string {
  return value === undefined ? "absent" : JSON.stringify(value).slice(0, 300);
}
