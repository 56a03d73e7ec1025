#include "access/links.hpp"

#include "base/limits.hpp"

namespace footprint::access {

namespace {

constexpr std::size_t kTokenBytes = 32;
constexpr std::size_t kIdBytes = 8;
constexpr std::int64_t kForgetAfterMs = 30 * 24 * 3'600'000LL;

#define FP_LINK_COLUMNS                                                                     \
  "id, purpose, account, email, name, plan, memberships, inviter, created_at, expires_at, " \
  "used_at IS NOT NULL"

LinkPurpose purpose_of(std::string_view name) {
  if (name == "setup") return LinkPurpose::kSetup;
  return name == "reset" ? LinkPurpose::kReset : LinkPurpose::kInvitation;
}

Link link_of(const Row& row) {
  return {row.text(0),           purpose_of(row.text(1)),
          PersonId(row.text(2)), row.text(3),
          row.text(4),           PlanId(row.text(5)),
          row.text(6),           PersonId(row.text(7)),
          row.number(8),         row.number(9)};
}

std::vector<Link> links_of(const std::vector<Row>& rows) {
  std::vector<Link> links;
  for (const Row& row : rows) links.push_back(link_of(row));
  return links;
}

}  // namespace

std::string_view purpose_name(LinkPurpose purpose) {
  switch (purpose) {
    case LinkPurpose::kSetup:
      return "setup";
    case LinkPurpose::kInvitation:
      return "invitation";
    case LinkPurpose::kReset:
      break;
  }
  return "reset";
}

NewLink Links::new_link(Link link, std::int64_t lifetime_ms) const {
  NewLink made;
  made.token = random_hex(kTokenBytes);
  made.url = public_url_ + "/link#" + made.token;
  made.link = std::move(link);
  made.link.expires_ms = directory_.clock().now_ms() + lifetime_ms;
  return made;
}

/// `first` ends what the new link stands instead of.
Result<NewLink> Links::insert(Link link, std::int64_t lifetime_ms, const char* first,
                              const std::vector<SqlValue>& values) {
  NewLink made = new_link(std::move(link), lifetime_ms);
  Link& entry = made.link;
  entry.id = random_hex(kIdBytes);
  entry.created_ms = directory_.clock().now_ms();
  Status kept = directory_.database().write([&](Connection& connection) -> Status {
    if (first != nullptr) {
      if (Status ended = connection.run(first, values); !ended) return ended;
    }
    return connection.run(
        "INSERT INTO links(id, digest, purpose, account, email, name, plan, memberships, inviter, "
        "created_at, expires_at) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
        {entry.id, bytes_of(key_.digest_of(made.token)), std::string(purpose_name(entry.purpose)),
         entry.account.empty() ? SqlValue() : SqlValue(entry.account.value), entry.email,
         entry.name, entry.plan.value, entry.memberships, entry.inviter.value, entry.created_ms,
         entry.expires_ms});
  });
  if (!kept) return forward_error(kept.error());
  return made;
}

Result<NewLink> Links::make_setup() {
  Link link;
  link.purpose = LinkPurpose::kSetup;
  return insert(std::move(link), lifetimes_.setup_ms, "DELETE FROM links WHERE purpose = 'setup'",
                {});
}

Result<NewLink> Links::make_reset(const Account& account) {
  Link link;
  link.purpose = LinkPurpose::kReset;
  link.account = account.id;
  link.email = account.email;
  link.name = account.name;
  return insert(std::move(link), lifetimes_.reset_ms,
                "DELETE FROM links WHERE purpose = 'reset' AND account = ?1", {account.id.value});
}

Result<NewLink> Links::make_invitation(Link wanted) {
  auto waiting = pending(wanted.plan);
  if (!waiting) return forward_error(waiting.error());
  if (waiting->size() >= limits::kInvitationsPerPlanMax)
    return fail(ErrorKind::kConflict, "invitation.too_many",
                "Too many invitations to this plan wait to be accepted. Withdraw some first.");
  wanted.purpose = LinkPurpose::kInvitation;
  std::vector<SqlValue> same{wanted.plan.value, wanted.email};
  return insert(std::move(wanted), lifetimes_.invitation_ms,
                "DELETE FROM links WHERE purpose = 'invitation' AND plan = ?1 AND email = ?2 AND "
                "used_at IS NULL",
                same);
}

Result<Link> Links::find(Connection& connection, std::string_view token) const {
  auto rows = connection.rows("SELECT " FP_LINK_COLUMNS " FROM links WHERE digest = ?1",
                              {bytes_of(key_.digest_of(token))});
  if (!rows) return forward_error(rows.error());
  if (rows->empty())
    return fail(ErrorKind::kNotFound, "link.unknown",
                "This link is not known here, or it has been withdrawn. Ask for a new one.");
  if (rows->front().number(10) != 0)
    return fail(ErrorKind::kConflict, "link.used",
                "This link has been used already. Sign in, or ask for a new one.");
  Link link = link_of(rows->front());
  if (link.expires_ms <= directory_.clock().now_ms())
    return fail(ErrorKind::kConflict, "link.expired", "This link has expired. Ask for a new one.");
  return link;
}

Result<Link> Links::look(std::string_view token) {
  return directory_.database().read(
      [&](Connection& connection) { return find(connection, token); });
}

Result<Link> Links::use(std::string_view token) {
  return directory_.database().write([&](Connection& connection) -> Result<Link> {
    auto link = find(connection, token);
    if (!link) return link;
    Status used = connection.run("UPDATE links SET used_at = ?2 WHERE id = ?1",
                                 {link->id, directory_.clock().now_ms()});
    if (!used) return forward_error(used.error());
    return link;
  });
}

Status Links::give_back(const std::string& id) {
  return directory_.database().write([&](Connection& connection) {
    return connection.run("UPDATE links SET used_at = NULL WHERE id = ?1", {id});
  });
}

Result<std::vector<Link>> Links::pending(const PlanId& plan) {
  auto rows = directory_.database().read([&](Connection& connection) {
    return connection.rows("SELECT " FP_LINK_COLUMNS
                           " FROM links WHERE plan = ?1 AND purpose = 'invitation' AND used_at IS "
                           "NULL ORDER BY created_at DESC, id",
                           {plan.value});
  });
  if (!rows) return forward_error(rows.error());
  return links_of(*rows);
}

Result<std::vector<Link>> Links::pending_for(const std::string& email) {
  auto rows = directory_.database().read([&](Connection& connection) {
    return connection.rows("SELECT " FP_LINK_COLUMNS
                           " FROM links WHERE email = ?1 AND purpose = 'invitation' AND used_at IS "
                           "NULL AND expires_at > ?2 ORDER BY created_at, id",
                           {email, directory_.clock().now_ms()});
  });
  if (!rows) return forward_error(rows.error());
  return links_of(*rows);
}

Result<bool> Links::withdraw(const PlanId& plan, const std::string& id) {
  return directory_.database().write([&](Connection& connection) -> Result<bool> {
    Status gone = connection.run(
        "DELETE FROM links WHERE id = ?1 AND plan = ?2 AND purpose = 'invitation' AND used_at IS "
        "NULL",
        {id, plan.value});
    if (!gone) return forward_error(gone.error());
    return connection.changed() == 1;
  });
}

Result<NewLink> Links::renew(const PlanId& plan, const std::string& id) {
  return directory_.database().write([&](Connection& connection) -> Result<NewLink> {
    auto rows = connection.rows("SELECT " FP_LINK_COLUMNS
                                " FROM links WHERE id = ?1 AND plan = ?2 AND purpose = "
                                "'invitation' AND used_at IS NULL",
                                {id, plan.value});
    if (!rows) return forward_error(rows.error());
    if (rows->empty())
      return fail(ErrorKind::kNotFound, "invitation.unknown",
                  "No such invitation waits. It may have been accepted or withdrawn meanwhile.");
    NewLink made = new_link(link_of(rows->front()), lifetimes_.invitation_ms);
    Status kept = connection.run("UPDATE links SET digest = ?2, expires_at = ?3 WHERE id = ?1",
                                 {id, bytes_of(key_.digest_of(made.token)), made.link.expires_ms});
    if (!kept) return forward_error(kept.error());
    return made;
  });
}

Status Links::tidy() {
  return directory_.database().write([&](Connection& connection) {
    return connection.run("DELETE FROM links WHERE expires_at <= ?1",
                          {directory_.clock().now_ms() - kForgetAfterMs});
  });
}

}  // namespace footprint::access
