import { createHash, generateKeyPairSync, randomBytes, sign } from "node:crypto";
import { bits, context, integer, objectId, octets, printable, sequence, set, text, TRUE, utcTime } from "./der";

/** A key and its certificate, as PEM. */
export interface Identity {
  readonly key: string;
  readonly certificate: string;
}

const ECDSA_WITH_SHA256 = "1.2.840.10045.4.3.2";
const COMMON_NAME = "2.5.4.3";
const EXTENSION = {
  subjectKeyId: "2.5.29.14",
  keyUsage: "2.5.29.15",
  subjectAltName: "2.5.29.17",
  basicConstraints: "2.5.29.19",
  authorityKeyId: "2.5.29.35",
  extendedKeyUsage: "2.5.29.37",
} as const;
const SERVER_AUTHENTICATION = "1.3.6.1.5.5.7.3.1";
const DAY = 86_400_000;
/** Apple's systems accept no certificate of a server for more days. */
const VALID_DAYS = 397;

/**
 * Makes a key and a self-signed certificate (RFC 5280) for the loopback names and addresses. A client that trusts the
 * certificate trusts nobody else, because the key never leaves the memory of this process.
 *
 * @param now the certificate is valid from a day before this time
 */
export function newIdentity(now: Date): Identity {
  const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const keyInfo = publicKey.export({ type: "spki", format: "der" });
  // The public key is the end of its description: 65 bytes, for one point of the curve.
  const keyId = createHash("sha1").update(keyInfo.subarray(-65)).digest();
  const algorithm = sequence(objectId(ECDSA_WITH_SHA256));
  const name = sequence(set(sequence(objectId(COMMON_NAME), printable("local-dbt-cloud"))));
  const description = sequence(
    context(0, integer(Buffer.from([2]))),
    integer(Buffer.concat([Buffer.from([1]), randomBytes(15)])),
    algorithm,
    name,
    sequence(utcTime(new Date(now.getTime() - DAY)), utcTime(new Date(now.getTime() + (VALID_DAYS - 1) * DAY))),
    name,
    keyInfo,
    context(3, sequence(...extensions(keyId))),
  );
  const signature = sign("sha256", description, privateKey);
  const certificate = sequence(description, algorithm, bits(signature));
  return {
    key: privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
    certificate: `-----BEGIN CERTIFICATE-----\n${certificate.toString("base64").replace(/.{64}(?=.)/g, "$&\n")}\n-----END CERTIFICATE-----\n`,
  };
}

/** The extensions that strict clients ask for, such as Python 3.13 and Go. */
function extensions(keyId: Buffer): Buffer[] {
  const names = sequence(
    text(2, "localhost"),
    text(7, Buffer.from([127, 0, 0, 1])),
    text(7, Buffer.concat([Buffer.alloc(15), Buffer.from([1])])),
  );
  return [
    extension(EXTENSION.basicConstraints, sequence(TRUE), TRUE),
    // digitalSignature and keyCertSign
    extension(EXTENSION.keyUsage, bits(Buffer.from([0b1000_0100]), 2), TRUE),
    extension(EXTENSION.extendedKeyUsage, sequence(objectId(SERVER_AUTHENTICATION))),
    extension(EXTENSION.subjectAltName, names),
    extension(EXTENSION.subjectKeyId, octets(keyId)),
    extension(EXTENSION.authorityKeyId, sequence(text(0, keyId))),
  ];
}

function extension(id: string, value: Buffer, ...critical: Buffer[]): Buffer {
  return sequence(objectId(id), ...critical, octets(value));
}
