// Codes that change every 30 seconds (RFC 6238 with SHA-1 and six digits, which is what
// authenticator apps speak). Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/bytes.hpp"
#include "base/clock.hpp"

namespace footprint::access {

inline constexpr std::size_t kTotpSecretBytes = 20;

/// The number of the 30 seconds that a time is in.
std::int64_t totp_step(UnixMs at_ms);
/// The code of a step, `digits` long (at most 9).
std::string totp_code(ByteView secret, std::int64_t step, int digits = 6);
/// The step whose code it is: now's, the one before or the one after (clocks differ), and later
/// than `last_step`, so that no code works twice. Takes as long whichever it is.
std::optional<std::int64_t> totp_match(ByteView secret, std::string_view code, UnixMs now_ms,
                                       std::int64_t last_step);

/// RFC 4648, without padding.
std::string base32(ByteView bytes);
/// "otpauth://totp/Footprint:EMAIL?secret=...&issuer=Footprint", for QR codes.
std::string totp_uri(ByteView secret, std::string_view account);

}  // namespace footprint::access
