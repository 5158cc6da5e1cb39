/** A request that gets an error. The app puts the error into the envelope. */
export class Refused extends Error {
  constructor(
    readonly code: number,
    message: string,
    /** Messages by field, as dbt Cloud sends them for a refused value. */
    readonly fields: Readonly<Record<string, unknown>> | null = null,
  ) {
    super(message);
    this.name = "Refused";
  }
}

/** The object does not exist, or was deleted. */
export function notFound(what: string): Refused {
  return new Refused(404, `The requested resource was not found: ${what}`);
}

/** A value of the body is not valid. Never the answer to a GET, because the Terraform provider would forget the resource. */
export function invalid(field: string, message: string): Refused {
  const [head, ...rest] = field.split(".");
  const nested = rest.reduceRight<unknown>((inner, key) => ({ [key]: inner }), message);
  return new Refused(400, `${field}: ${message}`, { [head!]: nested });
}
