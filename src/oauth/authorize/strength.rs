//! OIDC Core §3.1.2.1 (`acr_values`), §5.5.1.1, RFC 9470: how strong a proof a client wishes for.

use crate::clients::Client;
use crate::oauth::wishes::Asked;
use crate::signin::proof::{ACR_VALUES, level};
use crate::web::Params;
use serde::{Deserialize, Serialize};

/// What of it we know.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Strength {
    /// The values that were named, of those that we can give.
    pub named: Vec<String>,
    /// The level that the person must reach: the lowest of each list that was named, and of these the highest.
    pub needed: usize,
}

impl Strength {
    /// What a request wishes for. Values that nobody knows change nothing; where one of those is essential, the request is
    /// refused elsewhere.
    pub fn of(client: &Client, params: &Params, asked: Option<&Asked>) -> Self {
        let words = |text: &str| text.split(' ').map(str::to_owned).collect::<Vec<_>>();
        let parameter = params.get("acr_values").map(words);
        let wished = parameter.unwrap_or_else(|| client.metadata.default_acr_values.clone());
        let lists = asked.map(Asked::acr_values).unwrap_or_default().into_iter().chain([wished]);
        let mut strength = Strength::default();
        for list in lists {
            let known: Vec<String> = list.into_iter().filter(|value| ACR_VALUES.contains(&value.as_str())).collect();
            let lowest = known.iter().map(|value| level(value)).min().unwrap_or_default();
            strength.needed = strength.needed.max(lowest);
            strength.named.extend(known);
        }
        strength
    }

    /// What a token says: how the person signed in or, where only something weaker was named, the strongest of that. A client
    /// that compares finds one of its values, and each value is met by what is stronger.
    pub fn told<'a>(&'a self, acr: &'a str) -> &'a str {
        if self.named.iter().any(|named| named == acr) {
            return acr;
        }
        let reached = self.named.iter().filter(|named| level(named) <= level(acr));
        reached.max_by_key(|named| level(named)).map_or(acr, String::as_str)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::signin::{ACR_NONE, ACR_PASSKEY, ACR_PASSWORD, ACR_TWO_STEPS};

    fn of(acr_values: &str, claims: &str) -> Strength {
        let mut params = Params::default();
        params.push("acr_values", acr_values);
        Strength::of(&Client::sample("c"), &params, Asked::parse(claims).as_ref())
    }

    #[test]
    fn the_lowest_of_each_list_is_needed_and_of_these_the_highest() {
        let essential =
            |acr: &str| format!("{{\"id_token\":{{\"acr\":{{\"essential\":true,\"values\":[\"{acr}\"]}}}}}}");
        for (acr_values, claims, needed) in [
            (String::new(), "{}".to_owned(), 0),
            ("1 2".to_owned(), "{}".to_owned(), 0),
            (ACR_PASSWORD.to_owned(), "{}".to_owned(), 1),
            (format!("{ACR_PASSKEY} {ACR_TWO_STEPS} x"), "{}".to_owned(), 2),
            (ACR_PASSWORD.to_owned(), essential(ACR_PASSKEY), 3),
            (ACR_TWO_STEPS.to_owned(), essential(ACR_PASSWORD), 2),
            (ACR_NONE.to_owned(), essential("x"), 0),
        ] {
            assert_eq!(of(&acr_values, &claims).needed, needed, "{acr_values} {claims}");
        }
    }

    #[test]
    fn tokens_say_a_value_that_was_named_and_is_true() {
        let named = |acr_values: &str| of(acr_values, "{}");
        for (asked, signed_in, told) in [
            ("", ACR_PASSKEY, ACR_PASSKEY),
            (ACR_PASSWORD, ACR_PASSWORD, ACR_PASSWORD),
            (ACR_PASSWORD, ACR_PASSKEY, ACR_PASSWORD),
            (&*format!("{ACR_PASSWORD} {ACR_TWO_STEPS}"), ACR_PASSKEY, ACR_TWO_STEPS),
            (ACR_PASSKEY, ACR_PASSWORD, ACR_PASSWORD),
        ] {
            assert_eq!(named(asked).told(signed_in), told, "{asked} {signed_in}");
        }
    }
}
