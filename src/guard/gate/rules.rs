//! What a request needs, by the first rule that is about it.

use super::original::{Known, Original};
use super::path;
use crate::config::{Gate, GateDefault, Rule, host_among};
use crate::limits::{Cell, Policy};

/// What a request needs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Need {
    /// Nothing at all.
    pub anonymous: bool,
    /// The scopes of a token.
    pub scopes: Vec<String>,
    /// What an OAuth token must be for.
    pub audience: Option<String>,
    /// A budget of its own: its name, and requests a second.
    pub class: Option<(String, u32)>,
}

/// Why no rule can be found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Unruled {
    /// The request can be read in two ways, or isn't known.
    Unclear(&'static str),
    /// Nobody gets there.
    Denied,
}

/// What this request needs. Where there are no rules, it needn't be known.
pub(super) fn need(gate: &Gate, known: &dyn Fn() -> Known) -> Result<Need, Unruled> {
    let general = Need { audience: gate.audience.clone(), ..Need::default() };
    if !gate.rules.is_empty() {
        let original = known().map_err(Unruled::Unclear)?;
        let path = path::canonical(&original.path).map_err(Unruled::Unclear)?;
        if let Some(rule) = gate.rules.iter().find(|rule| about(rule, &original, &path)) {
            return Ok(Need {
                anonymous: rule.anonymous,
                scopes: rule.scopes.clone(),
                audience: rule.audience.clone().or(general.audience),
                class: rule.limit.clone().zip(rule.per_second),
            });
        }
    }
    match gate.default {
        GateDefault::Authenticated => Ok(general),
        GateDefault::Anonymous => Ok(Need { anonymous: true, ..general }),
        GateDefault::Deny => Err(Unruled::Denied),
    }
}

fn about(rule: &Rule, original: &Original, path: &str) -> bool {
    let host = rule.host.as_ref().is_none_or(|host| host_among(std::slice::from_ref(host), &original.host));
    let fits = rule.path.as_ref().is_none_or(|pattern| path::fits(pattern, path));
    host && fits && (rule.methods.is_empty() || rule.methods.contains(&original.method))
}

impl Need {
    /// The budget of a caller within the rule's own limit.
    pub fn cell(&self, caller: &str) -> Option<Cell> {
        let (name, per_second) = self.class.clone()?;
        Some(Cell { policy: Policy::Named(name), key: caller.into(), per_second })
    }
}
