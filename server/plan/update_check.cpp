#include "plan/update_check.hpp"

#include <algorithm>
#include <set>

#include "plan/prose_schema.hpp"

namespace footprint::plan {

namespace {

/// Names come from the network: short and printable before they go into a message.
std::string shown(std::string_view name) {
  std::string out;
  for (char c : name.substr(0, 40)) out += c >= 0x20 && c < 0x7f ? c : '?';
  return "\"" + out + (name.size() > 40 ? "...\"" : "\"");
}

Status refuse(std::string code, std::string message) {
  return fail(ErrorKind::kInvalid, std::move(code), std::move(message));
}

constexpr const char* kReload =
    " Nothing of it was taken over. Reload the page to get the newest editor; your words are kept "
    "on this device.";

Status check_kinds(const sync::UpdateContents& contents) {
  using sync::ContentKind, sync::TypeRef;
  for (TypeRef type : contents.type_refs)
    if (type != TypeRef::kXmlElement && type != TypeRef::kXmlText)
      return refuse(
          "update.unknown_type",
          std::string("The text holds a kind of part that this plan does not use.") + kReload);
  for (ContentKind kind : contents.kinds)
    if (kind == ContentKind::kJson || kind == ContentKind::kBinary || kind == ContentKind::kEmbed ||
        kind == ContentKind::kDoc)
      return refuse("update.unknown_content",
                    std::string("The text holds content that is not words.") + kReload);
  return {};
}

bool is_same_owner(const Actor& owner, const Actor& actor) {
  return owner == actor;
}

const Actor* owner_of(const PlanState& state, const Claims& in_flight, sync::ClientId client) {
  if (auto found = state.clients.find(client); found != state.clients.end())
    return &found->second.actor;
  if (auto found = in_flight.find(client); found != in_flight.end()) return &found->second;
  return nullptr;
}

tl::unexpected<Error> foreign(const PlanState& state, const Actor& owner) {
  return fail(ErrorKind::kForbidden, "update.foreign_client",
              "The change was made under the name of " + state.actor_name(owner) + " (" +
                  state.organisation_name(owner.organisation) +
                  "), so it was not taken over. Reload the page and make it again under your own.");
}

}  // namespace

Status check_prose(const Section& section, const sync::UpdateContents& contents) {
  const ProseSchema& schema = ProseSchema::get();
  for (const std::string& root : contents.root_names)
    if (section.field(root) == nullptr)
      return refuse("update.unknown_field",
                    "This section has no field " + shown(root) + "." + kReload);
  for (const std::string& node : contents.node_names)
    if (!schema.has_node(node))
      return refuse("update.unknown_node", "The text holds a block of kind " + shown(node) +
                                               ", which this plan does not use." + kReload);
  for (const std::string& key : contents.attribute_keys)
    if (!schema.has_attribute(key))
      return refuse("update.unknown_attribute", "The text holds an attribute " + shown(key) +
                                                    ", which this plan does not use." + kReload);
  for (const std::string& key : contents.format_keys)
    if (!schema.has_mark(key))
      return refuse("update.unknown_mark", "The text holds a format " + shown(key) +
                                               ", which this plan does not use." + kReload);
  return check_kinds(contents);
}

Result<std::vector<sync::ClientId>> check_update(const PlanState& state, const Claims& in_flight,
                                                 const Actor& actor, const SectionKey& section,
                                                 const sync::StateVector& known,
                                                 const sync::UpdateContents& contents) {
  const Section* of = state.section(section);
  if (of == nullptr)
    return fail(ErrorKind::kNotFound, "section.unknown", "This plan has no section of that name.");
  std::set<sync::ClientId> claims;
  for (const auto& range : contents.structs) {
    if (range.to <= known.get(range.client)) continue;
    if (range.client == kServerClientId)
      return fail(ErrorKind::kForbidden, "update.reserved_client",
                  "The change was made under the server's own name, so it was not taken over. "
                  "Reload the page and make it again.");
    const Actor* owner = owner_of(state, in_flight, range.client);
    if (owner == nullptr)
      claims.insert(range.client);
    else if (!is_same_owner(*owner, actor))
      return foreign(state, *owner);
  }
  if (claims.size() > kClaimsMax)
    return fail(ErrorKind::kInvalid, "update.too_many_clients",
                "One change brings text from more than " + std::to_string(kClaimsMax) +
                    " sessions at once. Nothing of it was taken over.");
  if (auto prose = check_prose(*of, contents); !prose) return forward_error(prose.error());
  return std::vector<sync::ClientId>(claims.begin(), claims.end());
}

}  // namespace footprint::plan
