#include "btcw/token/refusal.h"

#include <array>
#include <cstddef>

namespace btcw::token {
namespace {

struct Row {
  Reason reason;
  std::string_view word;
  RefusalKind kind;
};

// In the order of the enumeration: a reason is its own index.
constexpr std::array kRows{
    Row{Reason::too_large, "too_large", RefusalKind::invalid},
    Row{Reason::not_three_parts, "not_three_parts", RefusalKind::invalid},
    Row{Reason::bad_base64, "bad_base64", RefusalKind::invalid},
    Row{Reason::bad_header, "bad_header", RefusalKind::invalid},
    Row{Reason::critical_header, "critical_header", RefusalKind::invalid},
    Row{Reason::alg_none, "alg_none", RefusalKind::invalid},
    Row{Reason::alg_mismatch, "alg_mismatch", RefusalKind::invalid},
    Row{Reason::unknown_kid, "unknown_kid", RefusalKind::invalid},
    Row{Reason::ambiguous_key, "ambiguous_key", RefusalKind::invalid},
    Row{Reason::key_missing, "key_missing", RefusalKind::key},
    Row{Reason::key_unreadable, "key_unreadable", RefusalKind::key},
    Row{Reason::key_malformed, "key_malformed", RefusalKind::key},
    Row{Reason::key_refused, "key_refused", RefusalKind::key},
    Row{Reason::key_expired, "key_expired", RefusalKind::key},
    Row{Reason::bad_signature, "bad_signature", RefusalKind::invalid},
    Row{Reason::bad_payload, "bad_payload", RefusalKind::invalid},
    Row{Reason::bad_claim, "bad_claim", RefusalKind::invalid},
    Row{Reason::expired, "expired", RefusalKind::expired},
    Row{Reason::too_old, "too_old", RefusalKind::expired},
    Row{Reason::not_yet_valid, "not_yet_valid", RefusalKind::not_yet_valid},
    Row{Reason::issued_in_future, "issued_in_future", RefusalKind::not_yet_valid},
    Row{Reason::missing_claim, "missing_claim", RefusalKind::claim},
    Row{Reason::audience_mismatch, "audience_mismatch", RefusalKind::claim},
    Row{Reason::issuer_mismatch, "issuer_mismatch", RefusalKind::claim},
    Row{Reason::subject_mismatch, "subject_mismatch", RefusalKind::claim},
    Row{Reason::scope_mismatch, "scope_mismatch", RefusalKind::claim},
    Row{Reason::type_mismatch, "type_mismatch", RefusalKind::claim},
    Row{Reason::claim_mismatch, "claim_mismatch", RefusalKind::claim},
    Row{Reason::revoked, "revoked", RefusalKind::revoked},
    Row{Reason::revocations_unusable, "revocations_unusable", RefusalKind::invalid},
};

constexpr bool rows_are_in_order() {
  for (std::size_t i = 0; i < kRows.size(); ++i) {
    if (static_cast<std::size_t>(kRows[i].reason) != i) return false;
  }
  return true;
}
static_assert(rows_are_in_order());

}  // namespace

std::string_view to_string(Reason reason) { return kRows[static_cast<std::size_t>(reason)].word; }

RefusalKind kind_of(Reason reason) { return kRows[static_cast<std::size_t>(reason)].kind; }

}  // namespace btcw::token
