// The tables of accounts.sqlite, as steps from each version of the file to the next
// (user_version). A step that has been released is never changed.
//
// Tokens, links and recovery codes stand here as keyed digests only. Times are milliseconds since
// 1970. Sessions and tokens may belong to people of a demo, who have no account.
#pragma once

#include <array>

namespace footprint::access {

inline constexpr std::array<const char*, 1> kMigrations{R"sql(
CREATE TABLE meta(key TEXT PRIMARY KEY, value BLOB NOT NULL) STRICT;

CREATE TABLE accounts(
  id TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  email TEXT UNIQUE,
  password TEXT,
  administrator INTEGER NOT NULL DEFAULT 0,
  status TEXT NOT NULL DEFAULT 'active' CHECK (status IN ('active', 'disabled', 'erased')),
  created_at INTEGER NOT NULL,
  last_sign_in_at INTEGER,
  totp_secret BLOB,
  totp_pending BLOB,
  totp_last_step INTEGER NOT NULL DEFAULT 0) STRICT;

CREATE TABLE recovery_codes(
  account TEXT NOT NULL REFERENCES accounts(id) ON DELETE CASCADE,
  digest BLOB NOT NULL,
  PRIMARY KEY (account, digest)) STRICT;

CREATE TABLE identities(
  issuer TEXT NOT NULL,
  subject TEXT NOT NULL,
  account TEXT NOT NULL REFERENCES accounts(id) ON DELETE CASCADE,
  created_at INTEGER NOT NULL,
  PRIMARY KEY (issuer, subject)) STRICT;
CREATE INDEX identities_account ON identities(account);

-- What single sign-on gave, so that it never takes what a person gave (oidc_grants.hpp).
CREATE TABLE sso_grants(
  account TEXT NOT NULL REFERENCES accounts(id) ON DELETE CASCADE,
  provider TEXT NOT NULL,
  plan TEXT NOT NULL,
  organisation TEXT NOT NULL,
  role TEXT NOT NULL,
  PRIMARY KEY (account, provider, plan, organisation, role)) STRICT;

CREATE TABLE sessions(
  id TEXT PRIMARY KEY,
  digest BLOB NOT NULL UNIQUE,
  person TEXT NOT NULL,
  began_at INTEGER NOT NULL,
  last_used_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL,
  address TEXT NOT NULL,
  browser TEXT NOT NULL,
  provider TEXT NOT NULL,
  provider_session TEXT NOT NULL) STRICT;

CREATE TABLE tokens(
  id TEXT PRIMARY KEY,
  digest BLOB NOT NULL UNIQUE,
  person TEXT NOT NULL,
  name TEXT NOT NULL,
  scope TEXT NOT NULL CHECK (scope IN ('read', 'write')),
  plan TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  last_used_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL) STRICT;

CREATE TABLE links(
  id TEXT PRIMARY KEY,
  digest BLOB NOT NULL UNIQUE,
  purpose TEXT NOT NULL CHECK (purpose IN ('setup', 'invitation', 'reset')),
  account TEXT REFERENCES accounts(id) ON DELETE CASCADE,
  email TEXT NOT NULL,
  name TEXT NOT NULL,
  plan TEXT NOT NULL,
  memberships TEXT NOT NULL,
  inviter TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL,
  used_at INTEGER) STRICT;
CREATE INDEX links_plan ON links(plan);

CREATE TABLE mail(
  id INTEGER PRIMARY KEY,
  recipient TEXT NOT NULL,
  subject TEXT NOT NULL,
  body TEXT NOT NULL,
  expires_at INTEGER NOT NULL,
  attempts INTEGER NOT NULL DEFAULT 0,
  next_at INTEGER NOT NULL) STRICT;
)sql"};

}  // namespace footprint::access
