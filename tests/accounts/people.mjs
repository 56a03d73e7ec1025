// A browser without pages: it keeps cookies, sends Origin, and remembers every secret that it saw.
import { createHmac } from "node:crypto";

/** Everything that must never be logged. */
export const secrets = new Set();

export function secret(text) {
  secrets.add(text);
  return text;
}

let addresses = 0;
/** A password that no other person has. */
export const new_password = () => secret(`three warm oat biscuits ${++addresses}`);

export class Browser {
  constructor(server, name = "Suite/1.0") {
    Object.assign(this, { server, name, cookie: "" });
  }

  async ask(method, path, body, headers = {}) {
    const answer = await fetch(this.server.origin + path, {
      method,
      redirect: "manual",
      headers: {
        "user-agent": this.name,
        ...(body === undefined ? {} : { "content-type": "application/json" }),
        ...(this.cookie ? { cookie: this.cookie } : {}),
        ...(method === "GET" ? {} : { origin: this.server.origin }),
        ...headers,
      },
      body: body === undefined || typeof body === "string" ? body : JSON.stringify(body),
    });
    for (const line of answer.headers.getSetCookie()) {
      this.set_cookie = line;
      this.cookie = line.split(";")[0];
      if (!this.cookie.endsWith("=")) secret(this.cookie.split("=")[1]);
      else this.cookie = "";
    }
    const text = await answer.text();
    return {
      status: answer.status,
      headers: answer.headers,
      text,
      body: text.startsWith("{") ? JSON.parse(text) : null,
      code: text.startsWith('{"error"') ? JSON.parse(text).error.code : "",
    };
  }

  get = (path, headers) => this.ask("GET", path, undefined, headers);
  post = (path, body, headers) => this.ask("POST", path, body, headers);
  patch = (path, body, headers) => this.ask("PATCH", path, body, headers);
  remove = (path, body, headers) => this.ask("DELETE", path, body, headers);

  sign_in(email, password, code) {
    return this.post("/api/v1/session", { email, password, ...(code ? { code } : {}) });
  }
}

/** The token of PUBLIC_URL/link#TOKEN. */
export function token_of(link) {
  const [, token] = /\/link#([0-9a-f]{64})$/.exec(link) ?? [];
  if (!token) throw new Error(`no link: ${link}`);
  return secret(token);
}

function bytes_of(base32) {
  let bits = "";
  for (const c of base32)
    bits += "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".indexOf(c).toString(2).padStart(5, "0");
  return Buffer.from(bits.match(/.{8}/g).map((byte) => parseInt(byte, 2)));
}

/** RFC 6238, `steps` of 30 seconds from now. */
export function code_of(base32, steps = 0) {
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30_000) + steps));
  const mac = createHmac("sha1", bytes_of(base32)).update(counter).digest();
  const at = mac[19] & 15;
  return String((mac.readUInt32BE(at) & 0x7fffffff) % 1_000_000).padStart(6, "0");
}
