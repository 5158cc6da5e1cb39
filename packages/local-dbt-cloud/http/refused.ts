/** A request that is answered with an error; the app turns it into the envelope. */
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

/** The object is not there, or was deleted. */
export function notFound(what: string): Refused {
  return new Refused(404, `The requested resource was not found: ${what}`);
}

/** A value of the body is not accepted. Never the answer to a GET: the Terraform provider would forget the resource. */
export function invalid(field: string, message: string): Refused {
  const [head, ...rest] = field.split(".");
  const nested = rest.reduceRight<unknown>((inner, key) => ({ [key]: inner }), message);
  return new Refused(400, `${field}: ${message}`, { [head!]: nested });
}
