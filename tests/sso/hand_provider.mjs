// A provider made by hand, on loopback, that says whatever a test wants it to say.
import { createServer } from "node:http";
import { createHmac, randomUUID } from "node:crypto";
import { SignJWT, exportJWK, generateKeyPair } from "jose";

const LOGOUT = "http://schemas.openid.net/event/backchannel-logout";
const base64url = (value) => Buffer.from(JSON.stringify(value)).toString("base64url");
const now = () => Math.floor(Date.now() / 1000);

export class HandProvider {
  keys = []; // {kid, alg, privateKey, jwk}
  codes = new Map(); // what each code was given for
  claims = {}; // of the next person, besides sub
  subject = "somebody";
  change = {}; // what the next ID tokens say otherwise
  sign = null; // (claims) => token, instead of the right way
  replies = {}; // by path: (request, response) => void
  asked = []; // paths

  async start(port = 0) {
    this.server = createServer((request, response) => this.#serve(request, response));
    await new Promise((done) => this.server.listen(port, "127.0.0.1", done));
    this.port = this.server.address().port;
    this.issuer = `http://localhost:${this.port}`;
    if (this.keys.length === 0) await this.rotate();
    return this;
  }

  /** As a provider that is down: nobody listens. */
  async stop() {
    this.server.closeAllConnections();
    await new Promise((done) => this.server.close(done));
  }

  /** Another key, and only that one. */
  async rotate(alg = "ES256") {
    const pair = await generateKeyPair(alg, { extractable: true });
    const kid = randomUUID();
    const jwk = { ...(await exportJWK(pair.publicKey)), kid, alg, use: "sig" };
    this.keys = [{ kid, alg, privateKey: pair.privateKey, jwk }];
  }

  signed(claims, { key = this.keys[0], header = {} } = {}) {
    return new SignJWT(claims)
      .setProtectedHeader({ alg: key.alg, kid: key.kid, ...header })
      .sign(key.privateKey);
  }

  unsigned(claims) {
    return `${base64url({ alg: "none" })}.${base64url(claims)}.`;
  }

  /** The known attack: HMAC with what everybody knows as the secret. */
  signedWithPublicKey(claims) {
    const { kid, jwk } = this.keys[0];
    const text = `${base64url({ alg: "HS256", kid })}.${base64url(claims)}`;
    return `${text}.${createHmac("sha256", JSON.stringify(jwk)).update(text).digest("base64url")}`;
  }

  common() {
    return { iss: this.issuer, aud: "footprint", iat: now(), exp: now() + 300 };
  }

  logoutToken(change = {}) {
    return this.signed({
      ...this.common(),
      jti: randomUUID(),
      events: { [LOGOUT]: {} },
      ...change,
    });
  }

  async #serve(request, response) {
    const url = new URL(request.url, this.issuer);
    this.asked.push(url.pathname);
    const reply = this.replies[url.pathname];
    if (reply) return reply(request, response);
    const json = (body, status = 200) =>
      response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
    if (url.pathname === "/.well-known/openid-configuration") {
      return json({
        issuer: this.issuer,
        authorization_endpoint: `${this.issuer}/auth`,
        token_endpoint: `${this.issuer}/token`,
        jwks_uri: `${this.issuer}/keys`,
        token_endpoint_auth_methods_supported: ["client_secret_post"],
      });
    }
    if (url.pathname === "/keys") return json({ keys: this.keys.map((key) => key.jwk) });
    if (url.pathname === "/auth") return this.#authorize(url.searchParams, response);
    if (url.pathname === "/token") return json(await this.#redeem(request));
    return json({}, 404);
  }

  #authorize(wanted, response) {
    const code = randomUUID();
    this.codes.set(code, {
      nonce: wanted.get("nonce"),
      sub: this.subject,
      claims: { ...this.claims },
    });
    const back = new URL(wanted.get("redirect_uri"));
    back.searchParams.set("code", code);
    back.searchParams.set("state", wanted.get("state"));
    response.writeHead(302, { location: back.href }).end();
  }

  async #redeem(request) {
    let body = "";
    for await (const chunk of request) body += chunk;
    const form = new URLSearchParams(body);
    this.secret = form.get("client_secret");
    const given = this.codes.get(form.get("code"));
    const claims = {
      ...this.common(),
      sub: given.sub,
      nonce: given.nonce,
      sid: `sid-${given.sub}`,
      name: "Somebody",
      email: "",
      ...given.claims,
      ...this.change,
    };
    const token = this.sign ? await this.sign(claims) : await this.signed(claims);
    return { access_token: "an-access-token", token_type: "Bearer", id_token: token };
  }
}
