import { generateKeyPairSync } from "node:crypto";

/** A new public key as OpenSSH writes it. The private key is not kept, because no run opens a tunnel or clones over SSH. */
export function newPublicKey(): string {
  const { x } = generateKeyPairSync("ed25519").publicKey.export({ format: "jwk" });
  const parts = [Buffer.from("ssh-ed25519"), Buffer.from(x!, "base64url")];
  const blob = Buffer.concat(parts.flatMap((part) => [sizeOf(part), part]));
  return `ssh-ed25519 ${blob.toString("base64")}`;
}

function sizeOf(part: Buffer): Buffer {
  const size = Buffer.alloc(4);
  size.writeUInt32BE(part.length);
  return size;
}
