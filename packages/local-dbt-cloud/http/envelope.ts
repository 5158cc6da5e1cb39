/** The status object of every answer. */
interface Status {
  readonly code: number;
  readonly is_success: boolean;
  readonly user_message: string;
  readonly developer_message: string;
}

/** An answer with one object. */
export interface SingleEnvelope<T> {
  readonly status: Status;
  readonly data: T;
  readonly extra: Readonly<Record<string, never>>;
  readonly error_code: null;
}

/** An answer with a page of a list. */
export interface ListEnvelope<T> {
  readonly status: Status;
  readonly data: readonly T[];
  readonly extra: {
    readonly filters: Readonly<Record<string, unknown>> & { readonly limit: number; readonly offset: number };
    readonly order_by: string;
    readonly pagination: { readonly count: number; readonly total_count: number };
  };
}

/** The answer with one object. */
export function single<T>(data: T, code = 200): SingleEnvelope<T> {
  return { status: success(code), data, extra: {}, error_code: null };
}

/** The answer with a page of a list. */
export function page<T>(data: readonly T[], extra: ListEnvelope<T>["extra"]): ListEnvelope<T> {
  return { status: success(200), data, extra };
}

/** The answer of a refusal. For a refused value, `data` has messages by field. */
export function failure(code: number, message: string, data: unknown = null): SingleEnvelope<unknown> {
  return {
    status: { code, is_success: false, user_message: message, developer_message: "" },
    data,
    extra: {},
    error_code: null,
  };
}

function success(code: number): Status {
  return { code, is_success: true, user_message: "Success!", developer_message: "" };
}
