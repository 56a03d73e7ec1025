// From an identity to an account, and from claims to memberships.
import { PLAN, equal, expect } from "./harness.mjs";

export async function people_cases(checks, world) {
  const enter = async (provider, subject, claims) => {
    Object.assign(world[provider], { subject, claims });
    const result = await world.sign_in(provider);
    if (result.problem) return { problem: result.problem };
    return { cookie: result.cookie, id: (await world.person(result.cookie))?.id };
  };
  const mail = (email, more = {}) => ({ email, email_verified: true, ...more });

  await checks.run("claims give memberships, and take back what they gave", async () => {
    const { id } = await enter("hand", "carol", { tid: "tenant-1", groups: ["x", "board"] });
    equal(await world.memberships(id), { cuh: ["author", "reviewer"], psh: ["board_signatory"] });
    await enter("hand", "carol", { tid: "tenant-1", groups: ["x"] });
    equal(await world.memberships(id), { cuh: ["author", "reviewer"] });
    // Too many groups to say is not none.
    await enter("hand", "carol", { tid: "tenant-1", groups: ["board"] });
    await enter("hand", "carol", { tid: "tenant-1", _claim_names: { groups: "src1" } });
    equal(await world.memberships(id), { cuh: ["author", "reviewer"], psh: ["board_signatory"] });
  });
  await checks.run("what a person gave or took by hand stays", async () => {
    const { id } = await enter("hand", "dora", { tid: "tenant-1" });
    const set = async (memberships) => {
      const answer = await world.server.json(
        "PUT",
        `/api/v1/plans/${PLAN}/members/${id}`,
        { memberships },
        { authorization: `Bearer ${world.lead}` },
      );
      equal(answer.status, 200, JSON.stringify(answer.body));
    };
    await set([
      { organisation: "cuh", roles: ["author"] },
      { organisation: "pcc", roles: ["observer"] },
    ]);
    await enter("hand", "dora", { tid: "tenant-1" });
    equal(await world.memberships(id), { cuh: ["author"], pcc: ["observer"] });
    await enter("hand", "dora", {});
    equal(await world.memberships(id), { pcc: ["observer"] });
  });
  await checks.run("somebody whom nothing concerns gets no account", async () => {
    equal(await enter("hand", "eve", { tid: "tenant-2" }), { problem: "sso.no_access" });
    equal(await enter("other", "eve", mail("eve@nhs.net")), { problem: "sso.no_access" });
    const { cookie } = await enter("stranger", "eve", mail("eve@nhs.net"));
    expect(await world.is_signed_in(cookie), "new_accounts");
  });
  await checks.run("an address links an account where the provider may speak for it", async () => {
    const { id } = await enter("hand", "fay", mail("Fay@NHS.net", { tid: "tenant-1" }));
    equal((await enter("other", "fay-1", mail("fay@nhs.net"))).id, id);
    equal(await enter("other", "fay-2", mail("fay@nhs.net", { email_verified: false })), {
      problem: "sso.no_access",
    });
    equal(await enter("other", "fay-3", { email: "fay@nhs.net" }), { problem: "sso.no_access" });
    equal(await enter("other", "fay-4", mail("fay@nhs.net.example.org")), {
      problem: "sso.no_access",
    });
    // Once linked, the identity is what counts.
    equal((await enter("other", "fay-1", {})).id, id);
    const { cookie } = await enter("stranger", "fay", mail("fay@nhs.net"));
    const someone = await world.person(cookie);
    expect(someone?.id !== id, "an untrusted provider's word is not taken");
  });
  await checks.run("an invitation to a trusted address is accepted by signing in", async () => {
    const answer = await world.server.json(
      "POST",
      `/api/v1/plans/${PLAN}/invitations`,
      {
        email: "ida@nhs.net",
        name: "Ida New",
        memberships: [{ organisation: "hhct", roles: ["author"] }],
      },
      { authorization: `Bearer ${world.lead}` },
    );
    equal(answer.status, 201, JSON.stringify(answer.body));
    equal(await enter("other", "ida", mail("ida@nhs.net", { email_verified: false })), {
      problem: "sso.no_access",
    });
    const { id } = await enter("other", "ida", mail("ida@nhs.net"));
    equal(await world.memberships(id), { hhct: ["author"] });
    // Given by a person: no rule takes it away.
    await enter("other", "ida", mail("ida@nhs.net"));
    equal(await world.memberships(id), { hhct: ["author"] });
  });
  await checks.run("a name is kept up to date", async () => {
    const { cookie } = await enter("hand", "gina", { tid: "tenant-1", name: "Gina Old" });
    equal((await world.person(cookie)).name, "Gina Old");
    const again = await enter("hand", "gina", { tid: "tenant-1", name: "Gina New" });
    equal((await world.person(again.cookie)).name, "Gina New");
  });
}
