// One-time links: to make the first administrator, to accept an invitation, to set a new password.
//
// The secret is the fragment of an address (PUBLIC_URL/link#TOKEN), which browsers send to nobody;
// here it is kept as a keyed digest. Thread-safe and blocking.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "access/directory.hpp"
#include "access/secrets.hpp"

namespace footprint::access {

enum class LinkPurpose : std::uint8_t { kSetup, kInvitation, kReset };
std::string_view purpose_name(LinkPurpose purpose);

struct LinkLifetimes {
  std::int64_t setup_ms = 24 * 3'600'000;
  std::int64_t invitation_ms = 14 * 24 * 3'600'000LL;
  std::int64_t reset_ms = 3'600'000;
};

struct Link {
  std::string id;
  LinkPurpose purpose = LinkPurpose::kReset;
  PersonId account;  // of a reset
  std::string email, name;
  PlanId plan;              // of an invitation
  std::string memberships;  // of an invitation: JSON, as the plan's member.changed has it
  PersonId inviter;         // of an invitation
  UnixMs created_ms = 0;
  UnixMs expires_ms = 0;
};

struct NewLink {
  std::string token;  // a secret
  std::string url;    // PUBLIC_URL/link#TOKEN
  Link link;
};

class Links {
 public:
  Links(Directory& directory, const DigestKey& key, std::string public_url, LinkLifetimes lifetimes)
      : directory_(directory),
        key_(key),
        public_url_(std::move(public_url)),
        lifetimes_(lifetimes) {}

  /// For a server without an administrator; ends former ones.
  Result<NewLink> make_setup();
  /// Ends former ones of the account.
  Result<NewLink> make_reset(const Account& account);
  /// `wanted`: email, name, plan, memberships, inviter. Errors: "invitation.too_many" (kConflict).
  Result<NewLink> make_invitation(Link wanted);

  /// Errors: "link.unknown" (kNotFound: no such link, or withdrawn), "link.used", "link.expired"
  /// (kConflict).
  Result<Link> look(std::string_view token);
  /// Marks the link as used, if it could be: then nobody else can. Errors: as look().
  Result<Link> use(std::string_view token);
  /// Undoes use(), where what the link was for could not be done.
  Status give_back(const std::string& id);

  /// Invitations to a plan that wait to be accepted, newest first; expired ones too.
  Result<std::vector<Link>> pending(const PlanId& plan);
  /// Those to an address, to any plan, that have not expired.
  Result<std::vector<Link>> pending_for(const std::string& email);
  /// Whether there was such a pending invitation, which is withdrawn now.
  Result<bool> withdraw(const PlanId& plan, const std::string& id);
  /// A new secret and a new lifetime; the former link ends. Errors: "invitation.unknown"
  /// (kNotFound).
  Result<NewLink> renew(const PlanId& plan, const std::string& id);
  /// Forgets what was used or expired long ago.
  Status tidy();

  void set_public_url(std::string public_url) { public_url_ = std::move(public_url); }
  const std::string& public_url() const { return public_url_; }

 private:
  Result<NewLink> insert(Link link, std::int64_t lifetime_ms, const char* first,
                         const std::vector<SqlValue>& values);
  Result<Link> find(Connection& connection, std::string_view token) const;
  NewLink new_link(Link link, std::int64_t lifetime_ms) const;

  Directory& directory_;
  DigestKey key_;
  std::string public_url_;
  LinkLifetimes lifetimes_;
};

}  // namespace footprint::access
