// The npm package oidc-provider on loopback, with its own pages for signing in.
import { createServer } from "node:http";
import { randomBytes } from "node:crypto";
import { exportJWK, generateKeyPair } from "jose";
import Provider from "oidc-provider";

async function new_key() {
  const { privateKey } = await generateKeyPair("RS256", { extractable: true });
  const kid = randomBytes(6).toString("hex");
  return { ...(await exportJWK(privateKey)), kid, alg: "RS256", use: "sig" };
}

export class RealProvider {
  people = {}; // by sub: their claims

  /** `footprint`: the origin of our server. */
  async start(footprint, secret) {
    this.server = createServer((request, response) => this.handle(request, response));
    await new Promise((done) => this.server.listen(0, "127.0.0.1", done));
    this.issuer = `http://localhost:${this.server.address().port}`;
    this.cookieKey = randomBytes(16).toString("hex");
    this.client = {
      client_id: "footprint",
      client_secret: secret,
      redirect_uris: [`${footprint}/api/v1/sso/real/callback`],
      backchannel_logout_uri: `${footprint}/api/v1/sso/real/logout`,
      backchannel_logout_session_required: true,
    };
    await this.rotate();
    return this;
  }

  /** The same provider with other keys. */
  async rotate() {
    this.key = await new_key();
    const provider = new Provider(this.issuer, {
      clients: [this.client],
      jwks: { keys: [this.key] },
      cookies: { keys: [this.cookieKey] },
      claims: {
        openid: ["sub", "tid"],
        email: ["email", "email_verified"],
        profile: ["name"],
      },
      features: { backchannelLogout: { enabled: true } },
      // It would refuse to speak to servers on loopback, and give up on slow ones.
      fetch: (url, options) => fetch(url, { ...options, dispatcher: undefined, signal: undefined }),
      pkce: { required: () => true },
      findAccount: (_, sub) => ({
        accountId: sub,
        claims: () => ({ sub, ...this.people[sub] }),
      }),
    });
    this.handle = provider.callback();
  }

  async stop() {
    this.server.closeAllConnections();
    await new Promise((done) => this.server.close(done));
  }
}
