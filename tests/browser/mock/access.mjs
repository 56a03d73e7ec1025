// The mock's accounts, people, invitations, drafts, record and catalogue: canned answers, and just enough memory to click through.
const day = 86_400_000;
const word = "correct horse battery";
const code = "123456";
const error = (status, kind, message, more = {}) => ({
  status,
  ...more,
  body: { error: { code: kind, message, ...more.error } },
});
const ok = (body) => ({ status: 200, body });
const done = { status: 204 };

export function access({ people, organisations, ref, plan, demo }) {
  const nameOf = (id) => organisations.find((o) => o.id === id)?.name ?? id;
  const shown = (memberships) =>
    memberships.map((m) => ({ ...m, organisation_name: nameOf(m.organisation) }));
  const email = (person) => `${person.id.replace(/^u-/, "")}@example.nhs.uk`;
  const members = new Map(
    people.map((p) => [p.id, [{ organisation: p.organisation, roles: p.roles }]]),
  );
  const [ada, other] = people;
  const factor = { on: false, required: false };
  let tokens = [];
  let invitations = [];
  const sessions = [
    ["s1", true, "Chromium on Linux", "10.1.2.3"],
    ["s2", false, "Edge on Windows", "10.1.2.9"],
  ].map(([id, current, browser, address]) => ({
    id,
    current,
    browser,
    address,
    began_at: Date.now() - day,
    last_used_at: Date.now() - 60_000,
  }));
  const drafts = [
    {
      id: "d1",
      section: "vision",
      by: ref(other),
      at: Date.now() - 3_600_000,
      position: 40,
      text: "The two hospitals already share a pathology service.\n\nIt could serve the whole area.",
      code: "right.read_only",
      message: "",
      may_settle: true,
    },
  ];
  const account = (me) => ({
    person: { id: me.id, name: me.name, email: email(me), administrator: true },
    second_factor: factor,
    sessions,
    tokens,
  });
  const invitation = (body) => ({
    invitation: {
      id: `i${invitations.length}`,
      ...body,
      memberships: shown(body.memberships),
      created_at: Date.now(),
      expires_at: Date.now() + 14 * day,
    },
    link: "http://127.0.0.1:8090/link#3q2-7wAAAAAAinvitationAAAAAA",
    mailed: false,
  });
  const acts = Array.from({ length: 70 }, (_, i) => ({
    position: 70 - i,
    at: Date.now() - i * 600_000,
    kind: i % 3 === 0 ? "figure.changed" : "section.updated",
    actor: ref(people[i % 4]),
    section: "vision",
    words: i % 3 === 0 ? "changed 2 figures in Financial bridge" : "wrote in Vision",
    ...(i % 9 === 0 ? { reason: "Month 3 figures" } : {}),
  }));

  /** Signing in without the demo's list. */
  function signIn(body) {
    const who = people.find((p) => email(p) === body.email);
    if (body.password === "again")
      return error(429, "session.too_many", "Too many tries.", { retryAfter: 300 });
    if (!who || body.password !== word)
      return error(401, "session.wrong", "The e-mail address or the password is not right.");
    if (who === other && body.code === undefined)
      return error(401, "session.code_needed", "Enter your code.");
    if (who === other && body.code !== code)
      return error(401, "session.code_wrong", "The code is not right. Enter the one shown now.");
    return { status: 200, body: { session: session(who) }, cookie: who.id };
  }

  function session(me) {
    const sso = [{ key: "nhs", title: "NHSmail" }];
    const person = me && { ...me, administrator: me === ada };
    return { demo, setup: false, sign_in: { password: true, sso }, person: person ?? null };
  }

  const links = {
    setup: { purpose: "setup", has_account: false },
    invitation: {
      purpose: "invitation",
      name: "Una Clarke",
      email: "una.clarke@example.nhs.uk",
      plan,
      memberships: shown([{ organisation: organisations[0].id, roles: ["author", "reviewer"] }]),
      invited_by: ref(ada),
      has_account: false,
    },
    reset: { purpose: "reset", email: email(ada), name: ada.name, has_account: true },
  };

  function open(method, path, body) {
    if (path === "links/look") {
      const link = links[body.token];
      const gone = error(410, "link.used", "This link has been used already.");
      return link ? ok({ ...link, expires_at: Date.now() + day }) : gone;
    }
    if (path === "links/use") return { ...ok({ session: session(ada) }), cookie: ada.id };
    if (path === "links/reset") return { status: 202, body: {} };
    if (path === "session" && method === "POST" && !demo) return signIn(body);
    return null;
  }

  function own(method, [first, second, third], body, me) {
    if (first !== "account") return null;
    if (second === undefined) return method === "GET" ? ok(account(me)) : done;
    if (second === "password") {
      const path = { error: { path: "/current" } };
      return body.current === word
        ? done
        : error(401, "account.wrong_password", "The password is not right.", path);
    }
    if (second === "second-factor") {
      if (third === undefined && method === "POST") {
        const secret = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP";
        return ok({ secret, uri: `otpauth://totp/Footprint:${email(me)}?secret=${secret}` });
      }
      factor.on = third === "confirm";
      const recovery_codes = Array.from({ length: 10 }, (_, i) => `k7f2-9xq${i}-mm4p`);
      return third === "confirm" ? ok({ recovery_codes }) : done;
    }
    if (second === "tokens" && method === "POST") {
      const { days, ...rest } = body;
      const entry = {
        id: `t${tokens.length}`,
        ...rest,
        created_at: Date.now(),
        expires_at: Date.now() + days * day,
      };
      tokens = [...tokens, entry];
      return ok({ token: "fp_3q2-7wAAAAAAtokenAAAAAAAAAAAA", entry });
    }
    return done;
  }

  function ofPlan(method, parts, body) {
    const [first, id] = parts;
    if (first === "people") {
      const list = people.map((p) => ({
        ...p,
        memberships: shown(members.get(p.id)),
      }));
      return ok({ people: list });
    }
    if (first === "members") {
      members.set(id, body.memberships);
      return ok({ position: 1 });
    }
    if (first === "organisations") {
      return method === "GET" ? ok({ organisations }) : ok({ position: 1 });
    }
    if (first === "invitations" && method === "GET") return ok({ invitations });
    if (first === "invitations" && method === "DELETE") {
      invitations = invitations.filter((i) => i.id !== id);
      return done;
    }
    if (first === "invitations") {
      const made = id
        ? { ...invitation(invitations[0]), invitation: invitations[0] }
        : invitation(body);
      if (!id) invitations = [...invitations, made.invitation];
      return ok(made);
    }
    if (first === "drafts") {
      if (id) Object.assign(drafts[0], { ...body, settled_by: ref(ada) });
      return ok({ drafts });
    }
    if (first === "audit") return ok({ acts: acts.slice(0, 50), head: 70, next: 20 });
    if (first === "sections" && method === "PATCH") return ok({ position: 1 });
    return null;
  }

  function admin(method, [first, , id, what]) {
    if (first !== "admin") return null;
    if (id === undefined) {
      const list = people.map((p, i) => ({
        id: p.id,
        name: p.name,
        email: email(p),
        administrator: p === ada,
        status: i === 3 ? "disabled" : "active",
        second_factor: i % 2 === 0,
        sessions: i % 3,
        last_sign_in_at: i === 2 ? null : Date.now() - i * day,
      }));
      return ok({ people: list });
    }
    return what === "reset-link" ? ok({ link: "http://127.0.0.1:8090/link#reset" }) : done;
  }

  function catalogue(method, [first], body) {
    if (first === "footprints") {
      const names = organisations.map((o) => o.name);
      const footprints = Array.from({ length: 44 }, (_, i) => ({
        number: i + 1,
        name: i === 20 ? "Cambridgeshire and Peterborough" : `Place ${i + 1} and surroundings`,
        region: ["North", "Midlands and East", "London", "South"][i % 4],
        population: 500_000 + i * 31_000,
        organisations: names,
        started: i === 20,
        ...(i === 20 ? { plan: plan.id } : {}),
      }));
      return ok({ footprints });
    }
    return first === "plans" && method === "POST" && body.footprint ? ok({ plan: plan.id }) : null;
  }

  return {
    session,
    open,
    signedIn: (method, parts, body, me) =>
      own(method, parts, body, me) ??
      admin(method, parts) ??
      catalogue(method, parts, body) ??
      (parts[0] === "plans" && parts[1] === plan.id ? ofPlan(method, parts.slice(2), body) : null),
    planMay: { manage_people: true, manage_organisations: true, see_audit: true },
    sectionMay: {
      offer_draft: true,
      settle_draft: true,
      appoint_lead: true,
      share_section: true,
      move_section: true,
      freeze_section: true,
    },
  };
}
