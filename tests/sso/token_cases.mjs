// Tokens, answers and addresses that are wrong, and a provider that is down.
import { equal, expect, until } from "./harness.mjs";

const now = () => Math.floor(Date.now() / 1000);

export async function token_cases(checks, world) {
  const { hand } = world;
  const came_of = async (change, sign = null) => {
    Object.assign(hand, { change, sign });
    const result = await world.sign_in("hand");
    Object.assign(hand, { change: {}, sign: null });
    return result.problem ?? "signed in";
  };
  hand.subject = "tokens";
  hand.claims = { tid: "tenant-1" };

  const refused = {
    "a token for somebody else": { aud: "another" },
    "a token for several, issued to another": { aud: ["footprint", "another"], azp: "another" },
    "a token from somebody else": { iss: "http://localhost:1" },
    "an expired token": { exp: now() - 120 },
    "a token from the future": { iat: now() + 180, exp: now() + 600 },
    "a token that is not valid yet": { nbf: now() + 180 },
    "a token of another sign-in": { nonce: "another" },
    "a token without a nonce": { nonce: undefined },
    "a token for nobody": { sub: "" },
  };
  for (const [name, change] of Object.entries(refused))
    await checks.run(name, async () => equal(await came_of(change), "sso.failed"));

  const forged = {
    "an unsigned token": (claims) => hand.unsigned(claims),
    "a token signed with the public key as a secret": (claims) => hand.signedWithPublicKey(claims),
    "a token with another key under the same name": async (claims) => {
      const { kid } = hand.keys[0];
      const right = hand.keys;
      await hand.rotate();
      const key = { ...hand.keys[0], kid };
      hand.keys = right;
      return hand.signed(claims, { key });
    },
    "a token whose content was changed": async (claims) => {
      const [header, , signature] = (await hand.signed(claims)).split(".");
      const other = Buffer.from(JSON.stringify({ ...claims, sub: "the-lead" }));
      return `${header}.${other.toString("base64url")}.${signature}`;
    },
    "something that is no token": () => "garbage",
    "a huge token": (claims) => hand.signed({ ...claims, x: "x".repeat(100_000) }),
  };
  for (const [name, sign] of Object.entries(forged))
    await checks.run(name, async () => equal(await came_of({}, sign), "sso.failed"));

  const accepted = {
    "a token that expired half a minute ago": { exp: now() - 30 },
    "a clock that is half a minute ahead": { iat: now() + 30, nbf: now() + 30, exp: now() + 300 },
    "a token for several, issued to us": { aud: ["another", "footprint"], azp: "footprint" },
  };
  for (const [name, change] of Object.entries(accepted))
    await checks.run(name, async () => equal(await came_of(change), "signed in"));

  await checks.run("keys of every kind, each replaced by the next", async () => {
    for (const alg of ["RS256", "PS256", "ES384", "ES256"]) {
      await hand.rotate(alg);
      equal(await came_of({}), "signed in", alg);
    }
    equal(hand.secret, "a client secret: 100% + &");
  });
}

export async function attempt_cases(checks, world) {
  const { hand } = world;
  hand.subject = "attempts";
  hand.claims = { tid: "tenant-1" };
  await checks.run("an answer is good once, in the browser that began", async () => {
    const mine = await world.begin("hand");
    const theirs = await world.begin("hand");
    const callback = await world.authorize(mine.location);
    equal(await world.finish(callback, theirs.cookie), { problem: "sso.expired" });
    equal(await world.finish(callback, ""), { problem: "sso.expired" });
    equal(await world.finish(callback, `${mine.cookie}x`), { problem: "sso.expired" });
    const forged = callback.replace(/state=[^&]*/, "state=AAAA");
    equal(await world.finish(forged, mine.cookie), { problem: "sso.expired" });
    const other = callback.replace("/hand/", "/other/");
    equal(await world.finish(other, mine.cookie), { problem: "sso.expired" });
    expect((await world.finish(callback, mine.cookie)).next === "/plans");
    equal(await world.finish(callback, mine.cookie), { problem: "sso.expired" });
  });
  await checks.run("an answer from another provider than was asked", async () => {
    const mine = await world.begin("hand");
    const callback = `${await world.authorize(mine.location)}&iss=https%3A%2F%2Fevil.example.org`;
    equal(await world.finish(callback, mine.cookie), { problem: "sso.failed" });
  });
  await checks.run("a provider that nobody has set up", async () => {
    equal(await world.sign_in("unheard-of"), { problem: "sso.unknown_provider" });
  });
  await checks.run("nobody is sent to another server", async () => {
    const elsewhere = [
      "//evil.example.org",
      "/\\evil.example.org",
      "https://evil.example.org/",
      "/\t/evil.example.org",
      "javascript:alert(1)",
      '/"><script>alert(1)</script>',
      "/plans\r\nset-cookie: a=b",
      "evil.example.org",
      "/api/v1/sso/hand/start",
    ];
    for (const next of elsewhere) equal((await world.sign_in("hand", next)).next, "/", next);
    const kept = "/plans/a?x=1&y=2#top";
    equal((await world.sign_in("hand", kept)).next, kept);
  });
  await checks.run(
    "a provider that sends our server elsewhere, or answers without end",
    async () => {
      hand.replies["/token"] = (_, response) =>
        response.writeHead(307, { location: `${world.other.issuer}/token` }).end();
      world.other.asked = [];
      equal(await world.sign_in("hand"), { problem: "sso.unavailable" });
      equal(world.other.asked, []);
      hand.replies["/token"] = (_, response) => {
        const more = () => {
          while (response.write("x".repeat(65_536)));
        };
        response.on("drain", more).on("error", () => {});
        more();
      };
      equal(await world.sign_in("hand"), { problem: "sso.unavailable" });
      delete hand.replies["/token"];
    },
  );
  await checks.run("a provider that is down, and comes back", async () => {
    const port = world.other.port;
    const begun = await world.begin("hand");
    const callback = await world.authorize(begun.location);
    await world.other.stop();
    equal(await world.sign_in("other"), { problem: "sso.unavailable" });
    await hand.stop();
    equal(await world.finish(callback, begun.cookie), { problem: "sso.unavailable" });
    await hand.start(hand.port);
    await world.other.start(port);
    await until(
      "it is asked again",
      async () => (await world.begin("other")).location.startsWith("http"),
      30_000,
    );
  });
}

export async function logout_cases(checks, world) {
  const { hand } = world;
  hand.claims = { tid: "tenant-1" };
  const enter = async (subject) => {
    hand.subject = subject;
    const { cookie } = await world.sign_in("hand");
    expect(await world.is_signed_in(cookie), subject);
    return cookie;
  };
  await checks.run("a logout token ends the sessions of its sid, or of its sub", async () => {
    const ann = await enter("ann");
    const ben = await enter("ben");
    equal(
      (await world.post_logout("hand", await hand.logoutToken({ sid: "sid-ann" }))).status,
      200,
    );
    equal([await world.is_signed_in(ann), await world.is_signed_in(ben)], [false, true]);
    equal((await world.post_logout("hand", await hand.logoutToken({ sub: "ben" }))).status, 200);
    equal(await world.is_signed_in(ben), false);
    equal((await world.post_logout("hand", await hand.logoutToken({ sub: "nobody" }))).status, 200);
  });
  await checks.run("a logout token that is wrong ends nothing", async () => {
    const cookie = await enter("ann");
    const sid = "sid-ann";
    const wrong = {
      "for somebody else": await hand.logoutToken({ sid, aud: "another" }),
      expired: await hand.logoutToken({ sid, exp: now() - 120 }),
      "with a nonce": await hand.logoutToken({ sid, nonce: "n" }),
      "without events": await hand.logoutToken({ sid, events: {} }),
      "without a name": await hand.logoutToken({ sid, jti: undefined }),
      "for nobody": await hand.logoutToken(),
      unsigned: hand.unsigned({ ...hand.common(), sid }),
      "of another provider": await world.other.logoutToken({ sid }),
      garbage: "garbage",
      missing: "",
    };
    for (const [name, token] of Object.entries(wrong))
      equal((await world.post_logout("hand", token)).status, 400, name);
    equal((await world.post_logout("unheard-of", "x")).status, 404);
    expect(await world.is_signed_in(cookie), "still signed in");
    const once = await hand.logoutToken({ sid: "another" });
    equal((await world.post_logout("hand", once)).status, 200);
    equal((await world.post_logout("hand", once)).status, 400, "replayed");
    const json = await fetch(`${world.origin}/api/v1/sso/hand/logout`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: "{}",
    });
    equal(json.status, 415);
  });
  await checks.run("sessions that the provider did not begin go on", async () => {
    hand.subject = "ann";
    equal((await world.post_logout("hand", await hand.logoutToken({ sub: "u-lead" }))).status, 200);
    await world.server.get("/api/v1/plans", world.lead);
  });
}
